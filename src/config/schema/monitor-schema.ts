/** The settings `monitor`, a part of the schema: where the statistics for a TARS platform wait. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';
import { isServerUrl, SERVER_URL } from './redis-schema.ts';

export const monitorSchema = z.strictObject({
  store: z
    .enum(['memory', 'redis'])
    .default('memory')
    .describe('Where the statistics of calls of servants wait until they are sent to the TARS platform.'),
  redis: z
    .strictObject({
      url: z
        .string()
        .refine(isServerUrl)
        .optional()
        .describe(
          'The Redis of `monitor.store`, version 6.2 or later. Default: that of `redis.url`, or redis://127.0.0.1:6379 where there is none.',
        )
        .register(fieldNotes, { secret: true, allowed: SERVER_URL }),
      prefix: z
        .string()
        .min(1)
        .default('statecast')
        .describe(
          'The start of the names of keys in Redis. Processes with the same one share the statistics. On a TARS platform the default has the names of the application and the server, and the address.',
        )
        .register(fieldNotes, { allowed: 'a text' }),
    })
    .prefault({}),
});
