/** Why a server of Redis cannot be used, in words that say what to do. */

/** The first version that has all that is used: it publishes by slots of a cluster. */
const OLDEST_MAJOR = 7;

/** What a server or the library says, and what it means for who runs this server. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^(?:WRONGPASS|NOAUTH) /, 'the user and the password of redis.url are not right for this Redis'],
  [/^NOPERM /, 'the user of redis.url lacks a right that docs/operations.md lists'],
  [/cluster support disabled/, 'this Redis is no cluster: set redis.cluster to false'],
  [/^(?:MOVED|CLUSTERDOWN) /, 'this Redis is a server of a cluster: set redis.cluster to true'],
  [/^Unknown RESP type /, 'what answers there is no Redis'],
];

/** The error with what it means before its own words, or as it is. */
export function explainTrouble(thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const meaning = MEANINGS.find(([words]) => words.test(error.message))?.[1];
  if (meaning === undefined) return error;
  return new Error(`${meaning} (${error.message})`, { cause: error });
}

/** @throws an error for a version that is too old. */
export async function checkVersion(command: (words: readonly string[]) => Promise<unknown>): Promise<void> {
  // A user of Redis for the nodes alone may not ask for INFO.
  const { version } = (await command(['HELLO'])) as { readonly version?: unknown };
  const major = Number.parseInt(String(version), 10);
  if (major < OLDEST_MAJOR) {
    throw new Error(`this is Redis ${String(version)}, and ${OLDEST_MAJOR}.0 or later is needed`);
  }
}
