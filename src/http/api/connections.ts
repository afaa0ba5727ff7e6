/** The API's methods about connections: of a user, one by its id, or one by its session. */

import * as z from 'zod';
import type { Operations } from '../../operations/operations.ts';
import { ENDINGS } from '../../protocol/endings.ts';
import { readOverride } from '../../protocol/override.ts';
import { defineMethod, failWith, refuseLost, toOutcome, type ApiMethod } from './api-method.ts';
import { anyJson, channel, count, found, nothing, toFound, toNothing } from './fields.ts';

/** Most connections that a `disconnect` spares. */
const MAX_SPARED = 1_000;

const selection = z.object({
  user: z.string().optional().describe('All connections of this user.'),
  client: z.string().optional().describe('The connection with this id.'),
  session: z.string().optional().describe('The connection of this session, of a client without a WebSocket.'),
});

const expireAt = count.describe('When it expires, in seconds since 1970.');

type Selection = Parameters<Operations['disconnect']>[0];

type Connections = Pick<
  Operations,
  'subscribe' | 'unsubscribe' | 'disconnect' | 'refresh' | 'invalidate' | 'send'
>;

export function createConnections(operations: Connections): ApiMethod[] {
  return [
    defineMethod({
      name: 'subscribe',
      summary: 'Joins connections to a room. No rule of the room is asked; its capacity and `onJoin` are.',
      params: z.object({
        ...selection.shape,
        channel,
        info: anyJson.optional().describe('What the other members see of them in this room.'),
        data: anyJson.optional().describe('For the clients, with the news of the subscription.'),
        expire_at: expireAt.optional(),
        recover_since: z
          .object({ offset: count.optional(), epoch: z.string().optional() })
          .optional()
          .describe('The clients get what was published after this position.'),
        override: z
          .unknown()
          .optional()
          .describe(
            'What holds for these members in place of the settings of the room, each as `{"value": true}`: `presence`, `join_leave`, `force_recovery`, `force_positioning`, `force_push_join_leave`. Those with `force_` force nothing if they are false.',
          ),
      }),
      result: nothing,
      example: { params: { user: 'ann', channel: 'room1' }, result: {} },
      rooms: (params) => [params.channel],
      async run(params, request) {
        const override = readOverride(params.override);
        if (typeof override === 'string') return failWith('badRequest', override);
        const lost = refuseLost(request, 'info', 'data');
        if (lost !== undefined) return lost;
        const { channel: room, info, data, expire_at: expires = 0, recover_since: since } = params;
        const outcome = await operations.subscribe(toSelection(params), room, {
          ...(info !== undefined && { info }),
          ...(data !== undefined && { data }),
          ...(expires > 0 && { expiresAt: expires * 1000 }),
          ...(override !== undefined && { override }),
          ...(since !== undefined && {
            recoverSince: { offset: since.offset ?? 0, epoch: since.epoch ?? '' },
          }),
        });
        return toOutcome(outcome, toNothing);
      },
    }),
    defineMethod({
      name: 'unsubscribe',
      summary: 'Ends the memberships of connections in a room; the clients stay away.',
      params: z.object({
        ...selection.shape,
        channel,
        unsubscribe: z
          .object({ code: count.optional(), reason: z.string().optional() })
          .optional()
          .describe('A code from 2500 on has the clients subscribe again. Default: 2000.'),
      }),
      result: nothing,
      example: { params: { user: 'ann', channel: 'room1' }, result: {} },
      rooms: (params) => [params.channel],
      async run(params) {
        const { code = ENDINGS.unsubscribed.code, reason = ENDINGS.unsubscribed.reason } =
          params.unsubscribe ?? {};
        const ending = { code, reason };
        return toOutcome(
          await operations.unsubscribe(toSelection(params), params.channel, ending),
          toNothing,
        );
      },
    }),
    defineMethod({
      name: 'disconnect',
      summary: 'Closes connections.',
      params: z.object({
        ...selection.shape,
        whitelist: z.array(z.string()).max(MAX_SPARED).optional().describe('Ids of connections to spare.'),
        disconnect: z
          .object({ code: count.optional(), reason: z.string().optional() })
          .optional()
          .describe('The code and the reason of the close. Default: 3503, and the clients do not come back.'),
      }),
      result: nothing,
      example: { params: { user: 'ann', disconnect: { code: 4500, reason: 'banned' } }, result: {} },
      async run(params) {
        const { code = 0, reason = '' } = params.disconnect ?? {};
        const outcome = await operations.disconnect(toSelection(params), {
          ...(code !== 0 && { code }),
          ...(reason !== '' && { reason }),
          ...(params.whitelist !== undefined && { except: params.whitelist }),
        });
        return toOutcome(outcome, toNothing);
      },
    }),
    defineMethod({
      name: 'refresh',
      summary: 'Changes when connections expire, or what others see of them.',
      params: z.object({
        ...selection.shape,
        expired: z.boolean().optional().describe('They have expired: they are closed with 3005.'),
        expire_at: count.optional().describe('When they expire, in seconds since 1970; 0: never.'),
        info: anyJson.optional().describe('What others see of them from now on.'),
      }),
      result: nothing,
      example: { params: { user: 'ann', expire_at: 1_900_000_000 }, result: {} },
      async run(params, request) {
        const lost = refuseLost(request, 'info');
        if (lost !== undefined) return lost;
        const { expired, expire_at: expires, info } = params;
        const outcome = await operations.refresh(toSelection(params), {
          ...(expired !== undefined && { expired }),
          ...(expires !== undefined && { expiresAt: expires * 1000 }),
          ...(info !== undefined && { info }),
        });
        return toOutcome(outcome, toNothing);
      },
    }),
    defineMethod({
      name: 'invalidate',
      summary: 'Has clients come back with a new token, to the server or to a room.',
      params: z.object({
        ...selection.shape,
        channel: z.string().optional().describe('Only memberships in this room end.'),
      }),
      result: found,
      example: { params: { user: 'ann' }, result: { found: true } },
      rooms: ({ channel: room = '' }) => (room === '' ? [] : [room]),
      async run(params) {
        const { channel: room = '' } = params;
        const outcome = await operations.invalidate(toSelection(params), room === '' ? undefined : room);
        return toOutcome(outcome, toFound);
      },
    }),
    defineMethod({
      name: 'send',
      summary: 'Sends a message to connections, outside of any room.',
      params: z.object({
        ...selection.shape,
        data: anyJson.describe('The message: any JSON value.'),
      }),
      result: found,
      example: { params: { user: 'ann', data: { news: 'hi' } }, result: { found: true } },
      async run(params, request) {
        const lost = refuseLost(request, 'data');
        if (lost !== undefined) return lost;
        return toOutcome(await operations.send(toSelection(params), params.data), toFound);
      },
    }),
  ];
}

/** An empty text selects nothing. */
function toSelection({ user, client, session }: z.output<typeof selection>): Selection {
  return {
    ...(user !== undefined && user !== '' && { user }),
    ...(client !== undefined && client !== '' && { connection: client }),
    ...(session !== undefined && session !== '' && { session }),
  };
}
