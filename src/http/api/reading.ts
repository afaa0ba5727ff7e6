/** The API's methods that read: `history`, `presence`, `presence_stats`, `channels` and `info`. */

import * as z from 'zod';
import { MAX_PAGE } from '../../actors/room/stream/stream-reading.ts';
import type { NodeInfo, Operations } from '../../operations/operations.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { setOwn } from '../../protocol/json/own-property.ts';
import { defineMethod, failWith, toError, toOutcome, type ApiMethod } from './api-method.ts';
import {
  channel,
  clientInfo,
  count,
  publication,
  MAX_LISTED,
  toClientInfo,
  toPublication,
} from './fields.ts';

const roomParams = z.object({ channel });

const node = z.object({
  uid: z.string(),
  name: z.string(),
  version: z.string(),
  num_clients: count.describe('Connections.'),
  num_users: count.describe('Different users; all anonymous connections together count as one.'),
  num_channels: count.describe('Rooms that have members.'),
  num_subs: count.describe('Members of all rooms.'),
  uptime: count.describe('Seconds.'),
  process: z.object({
    cpu: z.number().describe('Percent of one processor, since the question before.'),
    rss: count.describe('Memory in bytes.'),
  }),
});

export function createReading(
  operations: Pick<Operations, 'history' | 'presence' | 'presenceStats' | 'rooms' | 'info'>,
): ApiMethod[] {
  return [
    defineMethod({
      name: 'history',
      isLong: true,
      summary: 'Reads what the stream of a room keeps, and where it stands.',
      params: z.object({
        channel,
        limit: z
          .int()
          .optional()
          .describe(
            `How many publications. 0, the default: only the position. Below 0 or above ${MAX_PAGE}: ${MAX_PAGE}.`,
          ),
        since: z
          .object({ offset: count.optional(), epoch: z.string().optional() })
          .optional()
          .describe('Only what comes after this position; with `reverse`, what came before it.'),
        reverse: z.boolean().optional().describe('The latest first.'),
      }),
      result: z.object({ publications: z.array(publication), offset: count, epoch: z.string() }),
      example: {
        params: { channel: 'room1', limit: 10 },
        result: {
          publications: [{ data: { text: 'hi' }, offset: 1, time: 1_790_000_000_000 }],
          offset: 1,
          epoch: 'q83vEjRW',
        },
      },
      rooms: (params) => [params.channel],
      async run({ channel: room, limit: asked = 0, since: given, reverse }) {
        const since = given && { offset: given.offset ?? 0, epoch: given.epoch ?? '' };
        if (reverse === true && since?.offset === 0) {
          return failWith('badRequest', 'nothing comes before offset 0');
        }
        const limit = asked < 0 || asked > MAX_PAGE ? MAX_PAGE : asked;
        const history = await operations.history(room, { since, reverse, limit });
        if ('refusal' in history) return { error: toError(history.refusal) };
        const { publications, offset, epoch } = history;
        if (since !== undefined && since.epoch !== '' && since.epoch !== epoch) {
          return { error: toError(createRefusal('unrecoverable')) };
        }
        return { result: { publications: publications.map(toPublication), offset, epoch } };
      },
    }),
    defineMethod({
      name: 'presence',
      isLong: true,
      summary: 'Tells which connections are in a room.',
      params: roomParams,
      result: z.object({
        presence: z.record(z.string(), clientInfo).describe('By the id of the connection.'),
      }),
      example: {
        params: { channel: 'room1' },
        result: { presence: { 'c0ffee-1': { user: 'ann', client: 'c0ffee-1' } } },
      },
      rooms: (params) => [params.channel],
      async run({ channel: room }) {
        const answer = await operations.presence(room);
        if ('refusal' in answer) return { error: toError(answer.refusal) };
        if (answer.members.length > MAX_LISTED) {
          return tooMany(`${answer.members.length} connections are in the room`, 'ask for presence_stats');
        }
        const presence = {};
        for (const member of answer.members) setOwn(presence, member.id, toClientInfo(member));
        return { result: { presence } };
      },
    }),
    defineMethod({
      name: 'presence_stats',
      summary: 'Tells how many connections and users are in a room.',
      params: roomParams,
      result: z.object({
        num_clients: count,
        num_users: count.describe('All anonymous connections together count as one user.'),
      }),
      example: { params: { channel: 'room1' }, result: { num_clients: 2, num_users: 1 } },
      rooms: (params) => [params.channel],
      async run({ channel: room }) {
        return toOutcome(await operations.presenceStats(room), ({ connections, users }) => ({
          num_clients: connections,
          num_users: users,
        }));
      },
    }),
    defineMethod({
      name: 'channels',
      isLong: true,
      summary: 'Tells which rooms have members; a key for some rooms sees those.',
      params: z.object({
        pattern: z
          .string()
          .max(1024)
          .optional()
          .describe('Only rooms whose names fit: `*` is any text, `?` one character.'),
      }),
      result: z.object({ channels: z.record(z.string(), z.object({ num_clients: count })) }),
      example: { params: { pattern: 'chat:*' }, result: { channels: { 'chat:1': { num_clients: 2 } } } },
      judgesRooms: true,
      async run({ pattern }, { caller }) {
        const answer = await operations.rooms(pattern);
        if ('refusal' in answer) return { error: toError(answer.refusal) };
        const rooms = caller.seesAllRooms
          ? answer.rooms
          : answer.rooms.filter(({ room }) => caller.sees(room));
        if (rooms.length > MAX_LISTED) {
          return tooMany(`${rooms.length} rooms have members`, 'give a pattern that fits fewer');
        }
        const channels = {};
        for (const { room, members } of rooms) setOwn(channels, room, { num_clients: members });
        return { result: { channels } };
      },
    }),
    defineMethod({
      name: 'info',
      summary: 'Tells which nodes there are, and how they are.',
      params: z.object({}),
      result: z.object({ nodes: z.array(node) }),
      example: {
        params: {},
        result: {
          nodes: [
            {
              uid: '6b5c1d8e-3f0a-4c55-9d0e-0b6a4f7d2c11',
              name: 'host1:8000',
              version: '0.1.0',
              num_clients: 2,
              num_users: 1,
              num_channels: 1,
              num_subs: 2,
              uptime: 3600,
              process: { cpu: 4, rss: 90_000_000 },
            },
          ],
        },
      },
      async run() {
        return toOutcome(await operations.info(), ({ nodes }) => ({ nodes: nodes.map(toNode) }));
      },
    }),
  ];
}

/** An answer with everything would take too much time and memory. */
function tooMany(what: string, advice: string) {
  return failWith('limitExceeded', `${what}, and an answer has ${MAX_LISTED} at most: ${advice}`);
}

function toNode(info: NodeInfo): z.input<typeof node> {
  return {
    uid: info.uid,
    name: info.name,
    version: info.version,
    num_clients: info.connections,
    num_users: info.users,
    num_channels: info.rooms,
    num_subs: info.memberships,
    uptime: info.uptimeSeconds,
    process: info.process,
  };
}
