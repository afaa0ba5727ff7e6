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
import {
  defineFields,
  fits,
  isEmpty,
  isGiven,
  isObject,
  numberOf,
  textOf,
  type FieldKinds,
  type Fields,
} from './fields.ts';
import { dataOf, readData, type RequestSource } from './request-source.ts';

export interface RequestKind {
  /** The key of the request in a command, and of the result in a reply. */
  readonly name: string;
  /** The types of its fields. `data` may be any JSON. */
  readonly fields: FieldKinds;
  /** The command; undefined if the request breaks the protocol. */
  read(fields: Fields, id: number, source: RequestSource): Command | undefined;
}

const STREAM = { recover: 'flag', offset: 'count', epoch: 'text', delta: 'text', flag: 'whole' } as const;
const CHANNEL = { channel: 'text' } as const;
const STREAM_FIELDS = defineFields(STREAM);
const CHANNEL_FIELDS = defineFields(CHANNEL);
const POSITION_FIELDS = defineFields({ offset: 'count', epoch: 'text' });

/** In the order of the reference: if a command has several requests, the first one of this list counts. */
export const REQUESTS: readonly RequestKind[] = [
  {
    name: 'connect',
    fields: defineFields({ token: 'text', name: 'text', version: 'text', headers: 'texts', subs: 'object' }),
    read: readConnect,
  },
  {
    name: 'subscribe',
    fields: defineFields({
      ...CHANNEL,
      ...STREAM,
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
    }),
    read: readSubscribe,
  },
  {
    name: 'unsubscribe',
    fields: CHANNEL_FIELDS,
    read: (fields, id) => withRoom(fields, (room) => ({ type: 'room.leave', room, id })),
  },
  {
    name: 'publish',
    fields: CHANNEL_FIELDS,
    read: readPublish,
  },
  {
    name: 'presence',
    fields: CHANNEL_FIELDS,
    read: (fields, id) => withRoom(fields, (room) => ({ type: 'room.presence', room, id })),
  },
  {
    name: 'presence_stats',
    fields: CHANNEL_FIELDS,
    read: (fields, id) => withRoom(fields, (room) => ({ type: 'room.presenceStats', room, id })),
  },
  {
    name: 'history',
    fields: defineFields({ ...CHANNEL, limit: 'whole', since: 'object', reverse: 'flag' }),
    read: readHistory,
  },
  {
    name: 'rpc',
    fields: defineFields({ method: 'text' }),
    read: readRpc,
  },
  {
    name: 'send',
    fields: defineFields({}),
    read: readSend,
  },
  {
    name: 'refresh',
    fields: defineFields({ token: 'text' }),
    read: (fields, id) =>
      textOf(fields['token']) === ''
        ? undefined
        : { type: 'connection.refresh', token: textOf(fields['token']), id },
  },
  {
    name: 'sub_refresh',
    fields: defineFields({ ...CHANNEL, token: 'text', type: 'whole' }),
    read: readSubRefresh,
  },
];

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
    ...((numberOf(flag) & REJECT_UNRECOVERED) !== 0 && { mustRecover: true }),
  };
}

function readPosition(offset: unknown, epoch: unknown): StreamPosition {
  return { offset: numberOf(offset), epoch: textOf(epoch) };
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
  if (isObject(since) && !fits(since, POSITION_FIELDS)) return undefined;
  return withRoom(fields, (room) => {
    const from = isObject(since) ? readPosition(since['offset'], since['epoch']) : undefined;
    if (reverse === true && from?.offset === 0) {
      return refuse(id, 'badRequest', 'nothing comes before offset 0: leave out since, or reverse');
    }
    const query: HistoryRequest = {
      ...(from !== undefined && { since: from }),
      limit: numberOf(limit),
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
