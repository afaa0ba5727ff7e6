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

/** A close frame has at most 125 bytes, two of them for the code. */
const MAX_REASON_BYTES = 123;

/** A text as the reason in a close frame: the whole characters of its first 123 bytes of UTF-8. */
export function fitReason(text: string): string {
  const room = new Uint8Array(MAX_REASON_BYTES);
  // It writes whole characters only; half of a surrogate pair becomes U+FFFD.
  const { read } = new TextEncoder().encodeInto(text, room);
  return text.slice(0, read).toWellFormed();
}
