/** The settings `auth`, a part of the schema: how users prove who they are. */

import * as z from 'zod';
import { readPublicKey } from '../../system/public-key.ts';
import { fieldNotes } from './field-notes.ts';

const PUBLIC_KEY_WORDS =
  'the PEM of an RSA public key of at least 2048 bits, of an EC public key (P-256, P-384 or P-521), of an Ed25519 public key, or of a certificate with one';

export const authSchema = z.strictObject({
  insecure: z
    .boolean()
    .default(false)
    .describe('Everybody may do everything, whatever the rules say. For development, on loopback only.'),
  anonymous: z
    .boolean()
    .default(true)
    .describe('Clients may connect without a token. Without a proven name they are anonymous.'),
  hmacSecret: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The secret of tokens signed with HS256, HS384 or HS512. With fewer than 32 characters it can be guessed.',
    )
    .register(fieldNotes, { secret: true, allowed: 'a text that is not empty' }),
  hmacPreviousSecret: z
    .string()
    .min(1)
    .optional()
    .describe('The secret before `auth.hmacSecret`: tokens with it are taken too, until they expire.')
    .register(fieldNotes, { secret: true, allowed: 'a text that is not empty' }),
  publicKey: z
    .string()
    .refine((text) => readPublicKey(text).type === 'key')
    .optional()
    .describe(
      'The public key of tokens signed with RS*, PS*, ES* or EdDSA. A line break may be written as `\\n`.',
    )
    // It is no secret, but somebody may take the private key for it.
    .register(fieldNotes, { secret: true, allowed: PUBLIC_KEY_WORDS }),
  jwksUrl: z
    .string()
    .refine(isKeySetUrl)
    .optional()
    .describe('Where the public keys of tokens are, as a JSON Web Key Set; the `kid` of a token chooses one.')
    .register(fieldNotes, {
      allowed: 'a URL that begins with https:// or http://, without a user and a password',
    }),
  audience: z
    .string()
    .min(1)
    .optional()
    .describe('What tokens must have in `aud`. Without it, `aud` is not looked at.'),
  issuer: z
    .string()
    .min(1)
    .optional()
    .describe('What tokens must have in `iss`. Without it, `iss` is not looked at.'),
  userBoundary: z
    .string()
    .refine(isBoundary)
    .optional()
    .describe(
      'Rooms of some users: with `#`, the room `chat#42` is for the user 42 only, and `chat#42,43` for 42 and 43.',
    )
    .register(fieldNotes, { allowed: 'one character, such as #, but no comma, star or space' }),
  personalRoom: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The server joins each user's connections to a room of that user: with `user`, the user 42 is in `user#42`. The sign between them is `auth.userBoundary`, or `#`.",
    )
    .register(fieldNotes, { allowed: 'the start of a room name, such as user' }),
});

function isKeySetUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

/** A comma separates users, and a star ends a pattern of rooms. */
function isBoundary(text: string): boolean {
  return /^[^\s,*]$/u.test(text);
}
