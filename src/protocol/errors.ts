/** The errors that a client can get, in one table for all codecs. It knows no wire format. */

/**
 * Error codes as in the Centrifuge client protocol, so that one table is enough for all codecs. After a `temporary`
 * error the client may send the same command again.
 */
export const ERRORS = {
  internal: { code: 100, message: 'internal server error', temporary: true },
  permissionDenied: { code: 103, message: 'permission denied', temporary: false },
  limitExceeded: { code: 106, message: 'limit exceeded', temporary: false },
  badRequest: { code: 107, message: 'bad request', temporary: false },
  notAvailable: { code: 108, message: 'not available', temporary: false },
  tooManyRequests: { code: 111, message: 'too many requests', temporary: true },
} as const satisfies Record<string, { code: number; message: string; temporary: boolean }>;

/** The name of a row of {@link ERRORS}. */
export type ErrorName = keyof typeof ERRORS;

/** Why a command was not done. It is a value, because a refusal is an expected result and not an exception. */
export interface Refusal {
  readonly error: ErrorName;
  /** One sentence for the user of the client. It never contains an error text of a handler or a store. */
  readonly message: string;
}

/** Makes a {@link Refusal}. The default message is the one in the table. */
export function createRefusal(error: ErrorName, message: string = ERRORS[error].message): Refusal {
  return { error, message };
}
