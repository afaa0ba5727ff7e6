/** The WebSocket close codes that this server sends. A test compares this table with docs/protocol.md. */

/**
 * Close codes as in the Centrifuge client protocol: after a code below 3500 a client reconnects by itself, after any
 * other it does not.
 */
export const CLOSE_CODES = {
  shutdown: { code: 3001, reason: 'shutdown', reconnect: true },
  internal: { code: 3004, reason: 'internal server error', reconnect: true },
  slow: { code: 3008, reason: 'slow', reconnect: true },
  tooManyRequests: { code: 3013, reason: 'too many requests', reconnect: true },
  badRequest: { code: 3501, reason: 'bad request', reconnect: false },
  stale: { code: 3502, reason: 'stale', reconnect: false },
  disconnected: { code: 3503, reason: 'force disconnect', reconnect: false },
} as const satisfies Record<string, { code: number; reason: string; reconnect: boolean }>;

/** The name of a row of {@link CLOSE_CODES}. */
export type CloseName = keyof typeof CLOSE_CODES;
