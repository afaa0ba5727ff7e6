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
