/** Which fields are never shown, by their names alone. It looks at no value. */

/** What stands in the place of a value that is not shown; nothing of it can be told from this. */
export const WITHHELD = '‹withheld›';

/**
 * Withheld when this is the whole name: what people and servants say to each other, such as messages of rooms,
 * arguments and results of calls, the bytes and the context of TARS packets (a `routeKey` is often the number
 * of a user or an order); and keys.
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

/** Withheld when the name holds one of these, as `accessToken` and `x-api-key` do: what opens doors. */
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
  /** All of them, for the person who wonders what is missing. */
  readonly list: readonly string[];
  /** Whether the value under a name is withheld. */
  has(name: string): boolean;
  /** Whether the name was given by the settings: then no shape of the value makes it fit to be shown. */
  isConfigured(name: string): boolean;
}

/** `configured` names are matched whole, in any case of letters. */
export function createWithheldNames(configured: readonly string[]): WithheldNames {
  const own = new Set(configured.map((name) => name.toLowerCase()));
  const whole = new Set(NAMES.map((name) => name.toLowerCase()));
  const parts = PARTS_OF_NAMES.map((name) => name.toLowerCase());
  // Field names are few and come again with every event.
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

/** Names may come from clients too, so that they are not remembered without end. */
const MAX_KNOWN = 1_000;
const MAX_KNOWN_LENGTH = 64;
