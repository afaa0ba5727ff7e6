/** The API's methods that act in rooms, and call functions. Those on connections are in connections.ts. */

import * as z from 'zod';
import type { Operations } from '../../operations/operations.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import { defineMethod, failWith, refuseLost, toError, toOutcome, type ApiMethod } from './api-method.ts';
import { anyJson, channel, found, MAX_LISTED, nothing, reason, toFound, toNothing } from './fields.ts';

const roomParams = z.object({ channel });

export function createActing(
  operations: Pick<
    Operations,
    'removeHistory' | 'call' | 'broadcast' | 'kick' | 'mute' | 'unmute' | 'mutedRooms' | 'closeRoom'
  >,
): ApiMethod[] {
  return [
    defineMethod({
      name: 'history_remove',
      summary: 'Drops what the stream of a room keeps. Its position stays.',
      params: roomParams,
      result: nothing,
      example: { params: { channel: 'room1' }, result: {} },
      rooms: (params) => [params.channel],
      async run({ channel: room }) {
        return toOutcome(await operations.removeHistory(room), toNothing);
      },
    }),
    defineMethod({
      name: 'rpc',
      summary: 'Calls a function of a TARS servant, whatever rooms allow.',
      params: z.object({
        method: z.string().min(1).describe('The servant and the function, as `hello.sayHello`.'),
        params: z.unknown().optional().describe('The arguments, an object. Numbers keep their digits.'),
      }),
      result: z.object({ data: z.unknown() }),
      example: {
        params: { method: 'hello.sayHello', params: { name: 'Ann' } },
        result: { data: { ret: 'Hello, Ann!' } },
      },
      async run({ method, params }, { exact }) {
        const args = exact?.['params'] ?? (params as ExactJson | undefined) ?? {};
        return toOutcome(await operations.call(method, args), ({ result }) => ({ data: result }));
      },
    }),
    defineMethod({
      name: 'broadcast_all',
      summary: 'Sends a message to every open socket, members of any room or of none.',
      params: z.object({ data: anyJson.describe('The message: any JSON value.') }),
      result: nothing,
      example: { params: { data: 'maintenance at noon' }, result: {} },
      async run({ data }, request) {
        const lost = refuseLost(request, 'data');
        if (lost !== undefined) return lost;
        return toOutcome(await operations.broadcast(data, 'http'), toNothing);
      },
    }),
    defineMethod({
      name: 'kick',
      summary: 'Puts a connection out of a room; it stays open, and may join again.',
      params: z.object({
        channel,
        client: z
          .string()
          .min(1)
          .describe('The id of the connection; of a user who is away, the one it had.'),
        reason,
      }),
      result: found,
      example: {
        params: { channel: 'room1', client: '0b8c…', reason: 'be nice' },
        result: { found: true },
      },
      rooms: (params) => [params.channel],
      async run({ channel: room, client, reason: told = '' }) {
        return toOutcome(await operations.kick(room, client, told), toFound);
      },
    }),
    defineMethod({
      name: 'mute',
      summary:
        'Lets only the server publish in a room, until it is unmuted or the server ends; on all nodes.',
      params: roomParams,
      result: nothing,
      example: { params: { channel: 'room1' }, result: {} },
      rooms: (params) => [params.channel],
      async run({ channel: room }) {
        return toOutcome(await operations.mute(room), toNothing);
      },
    }),
    defineMethod({
      name: 'unmute',
      summary: 'Lets connections publish in a room again.',
      params: roomParams,
      result: nothing,
      example: { params: { channel: 'room1' }, result: {} },
      rooms: (params) => [params.channel],
      async run({ channel: room }) {
        return toOutcome(await operations.unmute(room), toNothing);
      },
    }),
    defineMethod({
      name: 'muted',
      isLong: true,
      summary: 'Tells which rooms are muted, those without members included.',
      params: z.object({}),
      result: z.object({ channels: z.array(z.string()) }),
      example: { params: {}, result: { channels: ['room1'] } },
      async run() {
        const answer = await operations.mutedRooms();
        if ('refusal' in answer) return { error: toError(answer.refusal) };
        const { rooms } = answer;
        if (rooms.length <= MAX_LISTED) return { result: { channels: [...rooms] } };
        return failWith(
          'limitExceeded',
          `${rooms.length} rooms are muted, and an answer has ${MAX_LISTED} at most: read them by the library`,
        );
      },
    }),
    defineMethod({
      name: 'close_channel',
      summary: 'Puts all members out of a room, and lets it go from memory.',
      params: z.object({ channel, reason }),
      result: found,
      example: { params: { channel: 'room1', reason: 'the game is over' }, result: { found: true } },
      rooms: (params) => [params.channel],
      async run({ channel: room, reason: told = '' }) {
        return toOutcome(await operations.closeRoom(room, told), toFound);
      },
    }),
  ];
}
