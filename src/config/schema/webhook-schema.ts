/** The settings `webhooks`, a part of the schema: who is told of what has happened. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';
import { isBackendUrl } from './backend-url.ts';
import { roomPattern } from './room-pattern.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SECRET = { secret: true, allowed: 'a text of at least 16 characters' } as const;

const webhook = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional()
    .register(fieldNotes, { allowed: 'a name of letters, digits, dots and hyphens' }),
  url: z
    .string()
    .refine(isBackendUrl)
    .optional()
    .register(fieldNotes, { allowed: 'an address such as https://backend.example/statecast' }),
  servant: z.string().min(1).optional().register(fieldNotes, { allowed: 'the name of a servant' }),
  secret: z.string().min(16).optional().register(fieldNotes, SECRET),
  previousSecret: z.string().min(16).optional().register(fieldNotes, SECRET),
  events: z
    .array(
      z
        .string()
        .regex(/^[\w.*-]+$/)
        .register(fieldNotes, {
          allowed: 'an event such as member.joined, member.* or *, or a state such as room.occupancy.empty',
        }),
    )
    .min(1)
    .register(fieldNotes, { allowed: 'a list of at least one event such as member.joined, member.* or *' }),
  rooms: z.array(roomPattern).min(1).optional(),
  timeoutSeconds: z.number().min(0.1).max(300).default(10).register(fieldNotes, { unit: 'seconds' }),
  maxEvents: z.int().min(1).max(100_000_000).default(100_000).register(fieldNotes, { unit: 'events' }),
  maxBytes: z
    .int()
    .min(64 * KIB)
    .max(64 * GIB)
    .default(64 * MIB)
    .register(fieldNotes, { unit: 'bytes' }),
  retryHours: z.number().min(0).max(720).default(24).register(fieldNotes, { unit: 'hours' }),
  includeData: z.boolean().default(true),
});

export const webhooksSchema = z
  .array(
    webhook
      .refine(({ url, servant }) => (url === undefined) !== (servant === undefined))
      .register(fieldNotes, { allowed: 'an object with events, and with either url or servant' }),
  )
  .max(32)
  .default([])
  .describe(
    'Backends that are told of what has happened, by HTTP or TARS: which `events`, of which `rooms`, at which `url` or by which `servant`. What they have not taken is kept in `dataDir` and sent again.',
  )
  .register(fieldNotes, {
    secret: true,
    allowed: `a list of objects with events, with url or servant, and if wanted ${Object.keys(webhook.shape)
      .filter((key) => key !== 'url' && key !== 'servant' && key !== 'events')
      .join(', ')}`,
  });

/** The name of a webhook: its own, or that of its servant, or its address without the query, which may have a secret. */
export function nameOfWebhook({
  name,
  url,
  servant = '',
}: {
  readonly name?: string | undefined;
  readonly url?: string | undefined;
  readonly servant?: string | undefined;
}): string {
  if (name !== undefined) return name;
  if (url === undefined) return servant;
  const { host, pathname } = new URL(url);
  return host + pathname;
}
