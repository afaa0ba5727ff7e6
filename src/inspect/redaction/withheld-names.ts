/** Which fields are withheld, by their names alone. */

/** What is shown instead of a withheld value. */
export const WITHHELD = '‹withheld›';

/**
 * Withheld if this is the whole name: messages of rooms, arguments and results of calls, the bytes and the context of
 * TARS packets (a `routeKey` is often the number of a user or an order), and keys.
 */
const NAMES = [
  'data',
  'message',
  'messages',
  'args',
  'arguments',
  'result',
  'body',
  'payload',
  'content',
  'text',
  'frame',
  'context',
  'routeKey',
  'key',
  'keys',
  'auth',
];

/** Withheld if the name contains one of these, such as `accessToken` and `x-api-key`: secrets that give access. */
const PARTS_OF_NAMES = [
  'token',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'apiKey',
  'accessKey',
  'privateKey',
  'authorization',
  'credential',
  'cookie',
  'session',
  'bearer',
  'jwt',
];

export interface WithheldNames {
  /** All names, to be shown to users. */
  readonly list: readonly string[];
  /** Whether the value under a name is withheld. */
  has(name: string): boolean;
  /** Whether the name is from the settings. Then the value is withheld in every case. */
  isConfigured(name: string): boolean;
}

/** `configured` names are matched whole, in any case of letters. */
export function createWithheldNames(configured: readonly string[]): WithheldNames {
  const own = new Set(configured.map((name) => name.toLowerCase()));
  const whole = new Set(NAMES.map((name) => name.toLowerCase()));
  const parts = PARTS_OF_NAMES.map((name) => name.toLowerCase());
  // There are few field names, and they repeat with every event.
  const known = new Map<string, boolean>();

  function judge(name: string): boolean {
    const lower = name.toLowerCase();
    if (own.has(lower)) return true;
    const letters = lower.replaceAll(/[^\p{L}\p{N}]/gu, '');
    return whole.has(letters) || parts.some((part) => letters.includes(part));
  }

  return {
    list: [...new Set([...configured, ...NAMES, ...PARTS_OF_NAMES])],
    has(name) {
      let verdict = known.get(name);
      if (verdict === undefined) {
        verdict = judge(name);
        if (known.size < MAX_KNOWN && name.length <= MAX_KNOWN_LENGTH) known.set(name, verdict);
      }
      return verdict;
    },
    isConfigured: (name) => own.has(name.toLowerCase()),
  };
}

/** Names may also come from clients, so their number must be limited. */
const MAX_KNOWN = 1_000;
const MAX_KNOWN_LENGTH = 64;
