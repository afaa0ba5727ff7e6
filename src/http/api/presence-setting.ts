/** The API's methods that make somebody present in a room without a connection. */

import * as z from 'zod';
import { MAX_USER_LENGTH } from '../../protocol/limits.ts';
import type { Operations } from '../../operations/operations.ts';
import { defineMethod, refuseLost, toOutcome, type ApiMethod } from './api-method.ts';
import { anyJson, channel, count, found, toFound } from './fields.ts';

const MAX_ID_LENGTH = 128;
const DEFAULT_TTL_SECONDS = 60;
const MAX_TTL_SECONDS = 24 * 60 * 60;

const id = z.string().min(1).max(MAX_ID_LENGTH).describe('An id of yours.');

export function createPresenceSetting(
  operations: Pick<Operations, 'setPresence' | 'removePresence'>,
): ApiMethod[] {
  return [
    defineMethod({
      name: 'presence_set',
      summary:
        'Makes somebody present in a room without a connection, such as a bot or a device; again: keeps it present. It takes no seat.',
      params: z.object({
        channel,
        id,
        user: z.string().max(MAX_USER_LENGTH).optional().describe('Default: it is anonymous.'),
        info: anyJson.optional().describe('What the members see of it, up to 4 KiB.'),
        ttl: count
          .min(1)
          .max(MAX_TTL_SECONDS)
          .optional()
          .describe(`For how many seconds, up to ${MAX_TTL_SECONDS}. Default: ${DEFAULT_TTL_SECONDS}.`),
      }),
      result: z.object({
        client: z.string().describe('The id under which it is listed: yours, behind `outside:`.'),
      }),
      example: {
        params: { channel: 'room1', id: 'bot1', user: 'weather', info: { name: 'Weather' }, ttl: 60 },
        result: { client: 'outside:bot1' },
      },
      rooms: (params) => [params.channel],
      async run({ channel: room, id: given, user, info, ttl = DEFAULT_TTL_SECONDS }, request) {
        const lost = refuseLost(request, 'info');
        if (lost !== undefined) return lost;
        const member = { id: given, user, info };
        return toOutcome(await operations.setPresence(room, member, ttl * 1000), ({ id: client }) => ({
          client,
        }));
      },
    }),
    defineMethod({
      name: 'presence_remove',
      summary: 'Ends a presence that was set by `presence_set`.',
      params: z.object({ channel, id }),
      result: found,
      example: { params: { channel: 'room1', id: 'bot1' }, result: { found: true } },
      rooms: (params) => [params.channel],
      async run({ channel: room, id: given }) {
        return toOutcome(await operations.removePresence(room, given), toFound);
      },
    }),
  ];
}
