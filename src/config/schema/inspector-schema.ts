/** The settings of the inspector, a part of the schema: who may watch, what is hidden, what is kept. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';

export const inspectorSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Serve the inspector at `/inspector`, and keep the latest transitions for it.'),
  access: z
    .enum(['auto', 'token', 'open'])
    .default('auto')
    .describe(
      'Who may watch. `auto`: with `inspector.token`, those who have it; without one, this machine, if the server listens on loopback and `NODE_ENV` is not `production`. `token`: only with the token. `open`: everybody, for trusted networks only.',
    ),
  token: z
    .string()
    .min(16)
    .optional()
    .describe('The token that the inspector asks for.')
    .register(fieldNotes, { secret: true, allowed: 'a text of at least 16 characters' }),
  control: z
    .boolean()
    .default(false)
    .describe(
      'The inspector may also publish, read messages and what is told of members, send events, mute and close rooms, and close connections.',
    ),
  redact: z
    .array(z.string().min(1).register(fieldNotes, { allowed: 'the name of a field, such as user' }))
    .default([])
    .describe(
      'Names of fields that are hidden from the inspector at any depth, besides message bodies, arguments, results, tokens and keys.',
    ),
  history: z
    .int()
    .min(0)
    .max(10_000)
    .default(200)
    .describe(
      'How many of the latest transitions are kept for each room and each failed actor; 0 keeps none.',
    )
    .register(fieldNotes, { unit: 'transitions' }),
});
