/** The settings `hooks`, a part of the schema: which questions the server asks the owner's backend, and where. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';
import { isBackendUrl } from './backend-url.ts';
import { isRoomPattern, roomPattern } from './room-pattern.ts';

const DEFAULT_TIMEOUT_SECONDS = 1;
const MAX_TIMEOUT_SECONDS = 60;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** No control characters except tabs. It is sent as UTF-8. */
const HEADER_VALUE = /^[\t\x20-\x7e\u0080-\uffff]*$/;
/** What the server itself says of a request, and what would change the form of the answer. */
const OWN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const HEADER_WORDS = 'the name of a header that is not about the connection or the form of the body';
const URL_WORDS = 'an http or https address without a user, a password and a fragment';

const headerName = z
  .string()
  .refine((name) => HEADER_NAME.test(name) && !OWN_HEADERS.has(name.toLowerCase()))
  .register(fieldNotes, { allowed: HEADER_WORDS });

const common = {
  url: z.string().refine(isBackendUrl).optional().register(fieldNotes, { allowed: URL_WORDS }),
  servant: z.string().min(1).optional().register(fieldNotes, { allowed: 'the name of a servant' }),
  timeoutSeconds: z
    .number()
    .min(0.01)
    .max(MAX_TIMEOUT_SECONDS)
    .default(DEFAULT_TIMEOUT_SECONDS)
    .register(fieldNotes, { unit: 'seconds' }),
  headers: z.array(headerName).default([]),
  claimedHeaders: z.array(headerName).default([]),
  includeMeta: z.boolean().default(false),
  setHeaders: z
    .record(
      headerName,
      z.string().regex(HEADER_VALUE).register(fieldNotes, { secret: true, allowed: 'a text in one line' }),
    )
    .default({}),
};

const roomPatterns = z.array(roomPattern).min(1).default(['*']);
const methodPatterns = z
  .array(
    z.string().refine(isRoomPattern).register(fieldNotes, {
      allowed: 'the name of a method, or a prefix of names that ends in one *',
    }),
  )
  .min(1)
  .default(['*']);

const question = z.strictObject(common).refine(hasOneTarget).register(fieldNotes, {
  allowed: 'an object with either url or servant',
});
const roomQuestion = z
  .strictObject({ ...common, rooms: roomPatterns })
  .refine(hasOneTarget)
  .register(fieldNotes, { allowed: 'an object with either url or servant' });
const methodQuestion = z
  .strictObject({ ...common, methods: methodPatterns })
  .refine(hasOneTarget)
  .register(fieldNotes, { allowed: 'an object with either url or servant' });

const ONE =
  'an object with either url or servant and, if wanted, timeoutSeconds, headers, claimedHeaders, includeMeta and setHeaders';

export const hooksSchema = z.strictObject({
  connect: question
    .optional()
    .describe('Asked who a client is that shows no token.')
    .register(fieldNotes, { whole: true, secret: true, allowed: ONE }),
  refresh: question
    .optional()
    .describe('Asked when the time is over for which `hooks.connect` has let a client in.')
    .register(fieldNotes, { whole: true, secret: true, allowed: ONE }),
  subscribe: z
    .union([z.array(roomQuestion), roomQuestion])
    .optional()
    .describe('Asked before a client joins a room of the pattern without a token for it.')
    .register(fieldNotes, {
      whole: true,
      secret: true,
      allowed: `${ONE}, or a list of them, each with rooms`,
    }),
  publish: z
    .union([z.array(roomQuestion), roomQuestion])
    .optional()
    .describe('Asked before a message of a client is published in a room of the pattern.')
    .register(fieldNotes, {
      whole: true,
      secret: true,
      allowed: `${ONE}, or a list of them, each with rooms`,
    }),
  subRefresh: z
    .union([z.array(roomQuestion), roomQuestion])
    .optional()
    .describe('Asked when the time is over for which `hooks.subscribe` has let a client into a room.')
    .register(fieldNotes, {
      whole: true,
      secret: true,
      allowed: `${ONE}, or a list of them, each with rooms`,
    }),
  rpc: z
    .union([z.array(methodQuestion), methodQuestion])
    .optional()
    .describe('Answers calls that go to no room (`rpc` of the Centrifuge protocol).')
    .register(fieldNotes, {
      whole: true,
      secret: true,
      allowed: `${ONE}, or a list of them, each with methods`,
    }),
});

function hasOneTarget({ url, servant }: { url?: string | undefined; servant?: string | undefined }): boolean {
  return (url === undefined) !== (servant === undefined);
}
