/** The settings `metrics`, a part of the schema: whether there are numbers for Prometheus, and who may read them. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';

export const metricsSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'Count what machines and messages do, serve the numbers at `/metrics` for Prometheus, and tell of states that last too long.',
    ),
  token: z
    .string()
    .min(16)
    .optional()
    .describe(
      'The token that `/metrics` asks for, as `Authorization: Bearer TOKEN`; an API key with the method `metrics` does too. Without a token it is open to this machine if the server listens on loopback, and beyond loopback it needs such a key.',
    )
    .register(fieldNotes, { secret: true, allowed: 'a text of at least 16 characters' }),
});
