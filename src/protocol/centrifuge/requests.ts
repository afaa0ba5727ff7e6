/** The requests of the Centrifuge protocol (`client.proto`): their fields, and how each becomes a command. */

import type {
  Command,
  ConnectRequest,
  HistoryRequest,
  JoinRequest,
  Json,
  StreamPosition,
  StreamRequest,
} from '../command.ts';
import { createRefusal } from '../errors.ts';
import { setOwn } from '../json/own-property.ts';
import { dataOf, isObject, readData, type Fields, type RequestSource } from './request-source.ts';

/** What a field must be. `null` is the same as no field. */
type Kind = 'text' | 'flag' | 'count' | 'whole' | 'object' | 'texts';

export interface RequestKind {
  /** The key of the request in a command, and of the result in a reply. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Kind>>;
  /** The command; undefined if the request breaks the protocol. */
  read(fields: Fields, id: number, source: RequestSource): Command | undefined;
}

const STREAM_FIELDS = {
  recover: 'flag',
  offset: 'count',
  epoch: 'text',
  delta: 'text',
  flag: 'whole',
} as const;
const CHANNEL = { channel: 'text' } as const;

/** In the order of the reference: if a command has several requests, the first one of this list counts. */
export const REQUESTS: readonly RequestKind[] = [
  {
    name: 'connect',
    fields: { token: 'text', name: 'text', version: 'text', headers: 'texts', subs: 'object' },
    read: readConnect,
  },
  {
    name: 'subscribe',
    fields: {
      ...CHANNEL,
      ...STREAM_FIELDS,
      token: 'text',
      positioned: 'flag',
      recoverable: 'flag',
      join_leave: 'flag',
      tf: 'object',
      type: 'whole',
      phase: 'whole',
      cursor: 'text',
      limit: 'whole',
      asc: 'flag',
    },
    read: readSubscribe,
  },
  {
    name: 'unsubscribe',
    fields: CHANNEL,
    read: (fields, id) => withRoom(fields, (room) => ({ type: 'room.leave', room, id })),
  },
  {
    name: 'publish',
    fields: CHANNEL,
    read: readPublish,
  },
  {
    name: 'presence',
    fields: CHANNEL,
    read: (fields, id) => withRoom(fields, (room) => ({ type: 'room.presence', room, id })),
  },
  {
    name: 'presence_stats',
    fields: CHANNEL,
    read: (fields, id) => withRoom(fields, (room) => ({ type: 'room.presenceStats', room, id })),
  },
  {
    name: 'history',
    fields: { ...CHANNEL, limit: 'whole', since: 'object', reverse: 'flag' },
    read: readHistory,
  },
  {
    name: 'rpc',
    fields: { method: 'text' },
    read: readRpc,
  },
  {
    name: 'send',
    fields: {},
    read: readSend,
  },
  {
    name: 'refresh',
    fields: { token: 'text' },
    read: (fields, id) =>
      textOf(fields['token']) === ''
        ? undefined
        : { type: 'connection.refresh', token: textOf(fields['token']), id },
  },
  {
    name: 'sub_refresh',
    fields: { ...CHANNEL, token: 'text', type: 'whole' },
    read: readSubRefresh,
  },
];

/** Whether each field of a request has its type. A reader of the reference could not decode any other. */
export function fitsRequest(fields: Fields, { fields: kinds }: RequestKind): boolean {
  return fits(fields, kinds);
}

function fits(fields: Fields, kinds: Readonly<Record<string, Kind>>): boolean {
  for (const name in kinds) {
    const value = fields[name];
    if (value !== undefined && value !== null && !isKind(value, kinds[name]!)) return false;
  }
  return true;
}

function isKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'flag':
      return typeof value === 'boolean';
    case 'count':
      return Number.isInteger(value) && (value as number) >= 0;
    case 'whole':
      return Number.isInteger(value);
    case 'object':
      return isObject(value);
    case 'texts':
      return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
  }
}

function readConnect(fields: Fields, id: number, source: RequestSource): Command | undefined {
  const { token, data, name, version, headers, subs } = fields;
  const rooms = readSubs(subs);
  if (rooms === undefined || readData(source).lost !== undefined) return undefined;
  const request: ConnectRequest = {
    ...(isGiven(token) && { token: textOf(token) }),
    ...(isGiven(data) && { data: data as Json }),
    ...(isGiven(name) && { name: textOf(name) }),
    ...(isGiven(version) && { version: textOf(version) }),
    ...(isGiven(headers) && { headers: headers as Record<string, string> }),
    ...(isGiven(subs) && { rooms }),
  };
  return isEmpty(request) ? { type: 'connect', id } : { type: 'connect', request, id };
}

/** What is asked of each room's stream; undefined if it cannot be read. */
function readSubs(subs: unknown): Record<string, StreamRequest> | undefined {
  const rooms: Record<string, StreamRequest> = {};
  if (!isObject(subs)) return rooms;
  for (const [room, fields] of Object.entries(subs)) {
    if (room === '' || !isObject(fields) || !fits(fields, STREAM_FIELDS)) return undefined;
    setOwn(rooms, room, readStreamRequest(fields));
  }
  return rooms;
}

function readSubscribe(fields: Fields, id: number, source: RequestSource): Command | undefined {
  return withRoom(fields, (room) => {
    if (SPECIAL.some((name) => Boolean(fields[name]))) return refuse(id, 'notAvailable', NO_SPECIAL);
    const { token, data } = fields;
    const { lost } = readData(source);
    if (lost !== undefined) return refuseLost(id, lost);
    const request: JoinRequest = {
      ...(isGiven(token) && { token: textOf(token) }),
      ...(isGiven(data) && { data: data as Json }),
      ...readStreamRequest(fields),
    };
    return isEmpty(request) ? { type: 'room.join', room, id } : { type: 'room.join', room, request, id };
  });
}

/** Fields of subscriptions to maps and of shared polls, and the filter of publications by their tags. */
const SPECIAL = ['type', 'phase', 'cursor', 'limit', 'asc', 'tf'];
const NO_SPECIAL = 'subscriptions to maps, shared polls and filters of tags are not available';

/** In `flag`: refuse the subscription if the position cannot be recovered. The other flags may be ignored. */
const REJECT_UNRECOVERED = 2;

function readStreamRequest({ recover, offset, epoch, delta, flag }: Fields): StreamRequest {
  return {
    ...(recover === true && { since: readPosition(offset, epoch) }),
    ...(delta === 'fossil' && { delta: true }),
    ...(((flag as number | null) ?? 0) & REJECT_UNRECOVERED && { mustRecover: true }),
  };
}

function readPosition(offset: unknown, epoch: unknown): StreamPosition {
  return { offset: (offset as number | null) ?? 0, epoch: textOf(epoch) };
}

function readPublish(fields: Fields, id: number, source: RequestSource): Command | undefined {
  const room = textOf(fields['channel']);
  if (room === '') return undefined;
  if (fields['data'] === undefined) return refuse(id, 'badRequest', 'publish needs the field data');
  const { data, lost } = readData(source);
  return lost === undefined ? { type: 'room.publish', room, data, id } : refuseLost(id, lost);
}

function readHistory(fields: Fields, id: number): Command | undefined {
  const { limit, reverse, since } = fields;
  if (isObject(since) && !fits(since, { offset: 'count', epoch: 'text' })) return undefined;
  return withRoom(fields, (room) => {
    const from = isObject(since) ? readPosition(since['offset'], since['epoch']) : undefined;
    if (reverse === true && from?.offset === 0) {
      return refuse(id, 'badRequest', 'nothing comes before offset 0: leave out since, or reverse');
    }
    const query: HistoryRequest = {
      ...(from !== undefined && { since: from }),
      limit: (limit as number | null | undefined) ?? 0,
      reverse: reverse === true,
    };
    return { type: 'room.history', room, query, id };
  });
}

/** A call of a servant through a room has the arguments beside the room; any other call is one of the server itself. */
function readRpc(fields: Fields, id: number, source: RequestSource): Command {
  const method = textOf(fields['method']);
  const call = method.includes('.') ? readRoomCall(fields['data']) : undefined;
  if (call !== undefined) {
    const exact = dataOf(source) as { readonly args?: Fields };
    return { type: 'room.call', room: call, method, args: (exact.args ?? {}) as Record<string, Json>, id };
  }
  const { data, lost } = readData(source);
  return lost === undefined ? { type: 'server.call', method, data, id } : refuseLost(id, lost);
}

/** The room of `{"room": "room1", "args": {}}`, in which `args` may be left out. */
function readRoomCall(data: unknown): string | undefined {
  if (!isObject(data)) return undefined;
  const { room, args, ...others } = data;
  const hasArgs = args === undefined || isObject(args);
  return typeof room === 'string' && hasArgs && isEmpty(others) ? room : undefined;
}

/** It has no answer, and so no id. */
function readSend(_fields: Fields, _id: number, source: RequestSource): Command {
  const { data, lost } = readData(source);
  return lost === undefined
    ? { type: 'server.message', data }
    : { type: 'command.malformed', refusal: createRefusal('badRequest', lostMessage(lost)) };
}

function readSubRefresh(fields: Fields, id: number): Command | undefined {
  return withRoom(fields, (room) => {
    const { token, type, track, untrack } = fields;
    if (Boolean(type) || isGiven(track) || isGiven(untrack)) return refuse(id, 'notAvailable', NO_SPECIAL);
    if (textOf(token) === '') return refuse(id, 'badRequest', 'sub_refresh needs the field token');
    return { type: 'room.refresh', room, token: textOf(token), id };
  });
}

/** Without a room, a request breaks the protocol. */
function withRoom(fields: Fields, read: (room: string) => Command): Command | undefined {
  const room = textOf(fields['channel']);
  return room === '' ? undefined : read(room);
}

function refuse(id: number, error: 'badRequest' | 'notAvailable', message: string): Command {
  return { type: 'command.malformed', refusal: createRefusal(error, message), id };
}

function refuseLost(id: number, number: string): Command {
  return refuse(id, 'badRequest', lostMessage(number));
}

/** Longest number that a message quotes. */
const MAX_QUOTED = 40;

function lostMessage(number: string): string {
  const quoted = number.length > MAX_QUOTED ? `${number.slice(0, MAX_QUOTED)}…` : number;
  return `the number ${quoted} would lose digits: send it as a string`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isEmpty(fields: object): boolean {
  for (const _ in fields) return false;
  return true;
}
