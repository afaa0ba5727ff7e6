/** The WebSocket close codes that this server sends. A test compares this table with docs/protocol.md. */

/**
 * Close codes as in the Centrifuge client protocol: after a code below 3500 a client reconnects by itself, after any
 * other it does not.
 */
export const CLOSE_CODES = {
  tooLong: { code: 1009, reason: 'message too long', reconnect: false },
  closed: { code: 3000, reason: 'connection closed', reconnect: true },
  shutdown: { code: 3001, reason: 'shutdown', reconnect: true },
  internal: { code: 3004, reason: 'internal server error', reconnect: true },
  expired: { code: 3005, reason: 'connection expired', reconnect: true },
  subscriptionExpired: { code: 3006, reason: 'subscription expired', reconnect: true },
  slow: { code: 3008, reason: 'slow', reconnect: true },
  writeError: { code: 3009, reason: 'write error', reconnect: true },
  insufficient: { code: 3010, reason: 'insufficient state', reconnect: true },
  forceReconnect: { code: 3011, reason: 'force reconnect', reconnect: true },
  noPong: { code: 3012, reason: 'no pong', reconnect: true },
  tooManyRequests: { code: 3013, reason: 'too many requests', reconnect: true },
  invalidated: { code: 3014, reason: 'state invalidated', reconnect: true },
  invalidToken: { code: 3500, reason: 'invalid token', reconnect: false },
  badRequest: { code: 3501, reason: 'bad request', reconnect: false },
  stale: { code: 3502, reason: 'stale', reconnect: false },
  disconnected: { code: 3503, reason: 'force disconnect', reconnect: false },
  connectionLimit: { code: 3504, reason: 'connection limit', reconnect: false },
  roomLimit: { code: 3505, reason: 'channel limit', reconnect: false },
  inappropriateProtocol: { code: 3506, reason: 'inappropriate protocol', reconnect: false },
  permissionDenied: { code: 3507, reason: 'permission denied', reconnect: false },
  notAvailable: { code: 3508, reason: 'not available', reconnect: false },
  tooManyErrors: { code: 3509, reason: 'too many errors', reconnect: false },
} as const satisfies Record<string, { code: number; reason: string; reconnect: boolean }>;

/** The name of a row of {@link CLOSE_CODES}. */
export type CloseName = keyof typeof CLOSE_CODES;

/** The first code of the table that goes with a close frame of the server's owner. */
const FIRST_CODE = 3000;
const FIRST_OWN_CODE = 4000;
const LAST_OWN_CODE = 4999;

/** Whether the owner of a server may close a connection with a code: one of the table, or 4000 to 4999. */
export function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code) || code < FIRST_CODE) return false;
  return (code >= FIRST_OWN_CODE && code <= LAST_OWN_CODE) || nameOfCode(code) !== undefined;
}

/** The name of a code; undefined for one that is not in the table. */
export function nameOfCode(code: number): CloseName | undefined {
  const names = Object.keys(CLOSE_CODES) as CloseName[];
  return names.find((name) => CLOSE_CODES[name].code === code);
}

/** Whether a client comes back by itself after a code. */
export function comesBack(code: number): boolean {
  return (code >= FIRST_CODE && code < 3500) || (code >= FIRST_OWN_CODE && code < 4500);
}

/** A close frame has at most 125 bytes, two of them for the code. */
const MAX_REASON_BYTES = 123;

/** A text as the reason in a close frame: the whole characters of its first 123 bytes of UTF-8. */
export function fitReason(text: string): string {
  const room = new Uint8Array(MAX_REASON_BYTES);
  // It writes whole characters only; half of a surrogate pair becomes U+FFFD.
  const { read } = new TextEncoder().encodeInto(text, room);
  return text.slice(0, read).toWellFormed();
}
