/** Why the server ends the membership of a connection that stays open. A test compares this table with docs/protocol.md. */

/**
 * Codes as in the Centrifuge client protocol: after a code from 2500 on, a client subscribes again by itself, after any
 * other it does not.
 */
export const ENDINGS = {
  unsubscribed: { code: 2000, reason: 'server unsubscribe', rejoin: false },
  insufficient: { code: 2500, reason: 'insufficient state', rejoin: true },
  expired: { code: 2501, reason: 'subscription expired', rejoin: true },
  invalidated: { code: 2502, reason: 'state invalidated', rejoin: true },
} as const satisfies Record<string, { code: number; reason: string; rejoin: boolean }>;

/** The name of a row of {@link ENDINGS}. */
export type EndingName = keyof typeof ENDINGS;

/** Why a membership ends, with a code of the table or of the server's owner: 2100 to 2499, or 2600 to 2999. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** An ending in full. */
export function readEnding(ending: EndingName | Ending): Ending {
  return typeof ending === 'string' ? ENDINGS[ending] : ending;
}

/** Whether the owner of a server may end a membership with a code. */
export function isEndingCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 2100 && code <= 2499) return true;
  if (code >= 2600 && code <= 2999) return true;
  return Object.values(ENDINGS).some((ending) => ending.code === code);
}
