/** The errors a client can be answered with: one table, told to every codec. It knows no wire format. */

/**
 * Error codes as in the Centrifuge client protocol, so that one table serves every codec.
 * `temporary` errors may go away by themselves: the client may try the same command again.
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

/** Why a command was not done, as a value: expected outcomes are not exceptions. */
export interface Refusal {
  readonly error: ErrorName;
  /** One sentence for the person at the other end; it never carries a handler's or a store's own text. */
  readonly message: string;
}

/** Makes a {@link Refusal}; without a message the table's own is used. */
export function createRefusal(error: ErrorName, message: string = ERRORS[error].message): Refusal {
  return { error, message };
}
