/** The settings of rooms by the pattern of their names, a part of the schema. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';
import { MAX_ROOM_CAPACITY } from './limits-schema.ts';
import { roomPattern, ROOM_PATTERN_WORDS } from './room-pattern.ts';
import { rpcListSchema } from './tars-schema.ts';

export const DEFAULT_HISTORY_TTL_SECONDS = 300;

const MAX_HISTORY_SIZE = 100_000;
const MAX_HISTORY_TTL_SECONDS = 30 * 24 * 60 * 60;

const history = z.strictObject({
  size: z.int().min(0).max(MAX_HISTORY_SIZE).optional().register(fieldNotes, { unit: 'publications' }),
  ttlSeconds: z
    .number()
    .min(1)
    .max(MAX_HISTORY_TTL_SECONDS)
    .optional()
    .register(fieldNotes, { unit: 'seconds' }),
  recover: z
    .union([z.boolean(), z.literal('cache')])
    .optional()
    .register(fieldNotes, { allowed: 'true, false or "cache"' }),
});

const whoMay = z.enum(['anyone', 'users', 'members', 'token', 'nobody']).optional();

const may = z.strictObject({
  // Who joins is no member yet.
  join: z.enum(['anyone', 'users', 'token', 'nobody']).optional(),
  publish: whoMay,
  presence: whoMay,
  history: whoMay,
  rpc: whoMay,
});

const roomRule = z.strictObject({
  capacity: z.int().min(1).max(MAX_ROOM_CAPACITY).optional().register(fieldNotes, { unit: 'members' }),
  messagesPerSecond: z.number().positive().optional().register(fieldNotes, { allowed: 'a number above 0' }),
  may: may.optional(),
  history: history.optional(),
  joinLeave: z.boolean().optional(),
  delta: z.boolean().optional(),
  explain: z.boolean().optional(),
  rpc: rpcListSchema,
});

/** The names of what settings may say of a room. */
export const ROOM_SETTINGS = roomRule.keyof().options;

export const roomsSchema = z
  .record(roomPattern, roomRule)
  .default({})
  .describe('Rules for rooms by name or prefix; of several that match, the longest wins.')
  .register(fieldNotes, {
    allowed: `an object from ${ROOM_PATTERN_WORDS}, to an object with any of capacity, messagesPerSecond, may, history, joinLeave, delta, explain and rpc`,
  });
