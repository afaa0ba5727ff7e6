/** The schemas of fields and of parts of results that several methods of the API have. The names and shapes are Centrifugo's. */

import * as z from 'zod';
import type { Json, Publication, RoomMember } from '../../protocol/command.ts';
import { isObject } from './read-params.ts';

/** Longest idempotency key and longest version epoch, in characters: they stay in memory. */
const MAX_KEY_LENGTH = 255;

/** Most members, rooms or revocations of one answer. So many take about 30 ms, in which the server does nothing else. */
export const MAX_LISTED = 20_000;

/** Any JSON value. `null` is one. */
export const anyJson = z.unknown().transform((value) => value as Json);

/** An object of texts. `z.record` drops the name `__proto__` without a word. */
export const texts = z
  .unknown()
  .superRefine((value, context) => {
    if (!isObject(value)) context.addIssue({ code: 'invalid_type', expected: 'object' });
    for (const [name, text] of Object.entries(Object(value) as object)) {
      if (typeof text === 'string') continue;
      context.addIssue({ code: 'invalid_type', expected: 'string', path: [name] });
    }
  })
  .transform((value) => value as Readonly<Record<string, string>>)
  .meta({ type: 'object', additionalProperties: { type: 'string' } });

export const channel = z.string().min(1).describe('The name of a room.');

export const key = z.string().max(MAX_KEY_LENGTH);

export const count = z.int().nonnegative();

export const position = z.object({
  offset: count.optional().describe('The place of a publication in the stream of its room, from 1.'),
  epoch: z.string().optional().describe('One lifetime of the stream.'),
});

/** Who a connection is, as others may know it. */
export const clientInfo = z.object({
  user: z.string().describe('Empty: the connection is anonymous.'),
  client: z.string().describe('The id of the connection.'),
  conn_info: z.unknown().optional(),
  chan_info: z.unknown().optional(),
});

export function toClientInfo({ id, user = '', info, roomInfo }: RoomMember): z.input<typeof clientInfo> {
  return {
    user,
    client: id,
    ...(info !== undefined && { conn_info: info }),
    ...(roomInfo !== undefined && { chan_info: roomInfo }),
  };
}

export const publication = z.object({
  data: z.unknown(),
  offset: count.optional(),
  info: clientInfo.optional().describe('Who published it; absent: the server.'),
  tags: z.record(z.string(), z.string()).optional(),
  time: count.describe('Milliseconds since 1970.'),
});

export function toPublication({ data, offset, from, tags, time }: Publication): object {
  return {
    data,
    ...(offset > 0 && { offset }),
    ...(from !== undefined && { info: toClientInfo(from) }),
    ...(tags !== undefined && { tags }),
    time,
  };
}

/** Longest reason, in characters. */
const MAX_REASON_LENGTH = 1_000;

export const reason = z
  .string()
  .max(MAX_REASON_LENGTH)
  .optional()
  .describe('For the client. Default: empty.');

/** The result of what is done or refused. */
export const nothing = z.object({});

export function toNothing(): object {
  return {};
}

export const found = z.object({
  found: z.boolean().describe('Whether there was somebody or something that it is about.'),
});

export function toFound({ found: isFound }: { readonly found: boolean }): z.input<typeof found> {
  return { found: isFound };
}
