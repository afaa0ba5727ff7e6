/** The settings of the inspector: who may watch, what is withheld, what is kept. It watches nothing. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';

export const inspectorSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Serve the inspector at `/inspector`, and keep what it may be asked of the past.'),
  access: z
    .enum(['auto', 'token', 'open'])
    .default('auto')
    .describe(
      'Who may watch: with `auto` whoever has the token, or where none is set this machine, if the server listens on loopback and `NODE_ENV` is not `production`; `token` never without it; `open` everybody, for trusted networks only.',
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
    .describe('Let the inspector send events, kick connections and close rooms, too.'),
  redact: z
    .array(z.string().min(1).register(fieldNotes, { allowed: 'the name of a field, such as user' }))
    .default([])
    .describe(
      'Fields whose values the inspector is not told, at any depth, besides message bodies, arguments, results, tokens and keys.',
    ),
  history: z
    .int()
    .min(0)
    .max(10_000)
    .default(200)
    .describe('How much of its past is kept of each room, and of an actor that failed; 0 keeps nothing.')
    .register(fieldNotes, { unit: 'transitions' }),
});
