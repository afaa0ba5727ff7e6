/** The errors that a client can get, in one table for all codecs. It knows no wire format. */

import type { Grounds } from './grounds.ts';

/**
 * Error codes as in the Centrifuge client protocol, so that one table is enough for all codecs. After a `temporary`
 * error the client may send the same command again.
 */
export const ERRORS = {
  internal: { code: 100, message: 'internal server error', temporary: true },
  unauthorized: { code: 101, message: 'unauthorized', temporary: false },
  unknownRoom: { code: 102, message: 'unknown channel', temporary: false },
  permissionDenied: { code: 103, message: 'permission denied', temporary: false },
  unknownMethod: { code: 104, message: 'method not found', temporary: false },
  alreadyJoined: { code: 105, message: 'already subscribed', temporary: false },
  limitExceeded: { code: 106, message: 'limit exceeded', temporary: false },
  badRequest: { code: 107, message: 'bad request', temporary: false },
  notAvailable: { code: 108, message: 'not available', temporary: false },
  tokenExpired: { code: 109, message: 'token expired', temporary: false },
  expired: { code: 110, message: 'expired', temporary: false },
  tooManyRequests: { code: 111, message: 'too many requests', temporary: true },
  unrecoverable: { code: 112, message: 'unrecoverable position', temporary: false },
  concurrentPages: { code: 113, message: 'concurrent pagination', temporary: true },
} as const satisfies Record<string, { code: number; message: string; temporary: boolean }>;

/** The name of a row of {@link ERRORS}. */
export type ErrorName = keyof typeof ERRORS;

/** Why a command was not done. It is a value, because a refusal is an expected result and not an exception. */
export interface Refusal {
  readonly error: ErrorName;
  /** One sentence for the user of the client. It never contains an error text of a handler or a store. */
  readonly message: string;
  /** A code of the server's owner instead of the one of the table: 400 to 1999. */
  readonly code?: number;
  /** The client may send the same command again, whatever the table says. */
  readonly temporary?: boolean;
  /** For operators. */
  readonly grounds?: Grounds;
}

/** The same refusal, with its grounds; what a machine has said of them before stays. */
export function because(refusal: Refusal, grounds: Grounds): Refusal {
  const { grounds: known } = refusal;
  if (known?.machine !== undefined) return refusal;
  return { ...refusal, grounds: { ...grounds, ...known } };
}

/** Makes a {@link Refusal}. The default message is the one in the table. */
export function createRefusal(error: ErrorName, message: string = ERRORS[error].message): Refusal {
  return { error, message };
}
