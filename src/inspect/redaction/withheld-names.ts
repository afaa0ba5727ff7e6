/** Which fields are withheld. Only the name of a field counts. */

/** What is shown instead of a withheld value. */
export const WITHHELD = '‹withheld›';

/**
 * A field is withheld if this is its whole name: messages of rooms, arguments and results of calls, bytes and context of
 * TARS packets (a `routeKey` is often the number of a user or an order), keys, what members are told of each other
 * (`info`), and headers, also those that clients only claim.
 */
const NAMES = [
  'data',
  'message',
  'messages',
  'args',
  'arguments',
  'answer',
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
  'info',
  'meta',
  'headers',
];

/** A field is withheld if its name contains one of these, such as `accessToken` and `x-api-key`: secrets for access. */
const PARTS_OF_NAMES = [
  'token',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'apiKey',
  'apiKeys',
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
  /** All names, for users to read. */
  readonly list: readonly string[];
  /** Whether the value of a field with that name is withheld. */
  has(name: string): boolean;
  /** Whether the settings contain the name. Then the value is always withheld. */
  isConfigured(name: string): boolean;
}

/**
 * @param configured Names from the settings. They must match the whole name of a field, in upper or lower case.
 * @param content `shown`: only these and secrets for access are withheld, but not messages and what members are told.
 */
export function createWithheldNames(
  configured: readonly string[],
  content: 'withheld' | 'shown' = 'withheld',
): WithheldNames {
  const always = content === 'withheld' ? NAMES : [];
  const own = new Set(configured.map((name) => name.toLowerCase()));
  const whole = new Set(always.map((name) => name.toLowerCase()));
  const parts = PARTS_OF_NAMES.map((name) => name.toLowerCase());
  // There are few different names, and the same ones come with every event.
  const known = new Map<string, boolean>();

  function judge(name: string): boolean {
    const lower = name.toLowerCase();
    if (own.has(lower)) return true;
    const letters = lower.replaceAll(/[^\p{L}\p{N}]/gu, '');
    return whole.has(letters) || parts.some((part) => letters.includes(part));
  }

  return {
    list: [...new Set([...configured, ...always, ...PARTS_OF_NAMES])],
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

/** Names may also come from clients, so the number of known names has a limit. */
const MAX_KNOWN = 1_000;
const MAX_KNOWN_LENGTH = 64;
