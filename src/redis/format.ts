/** What is noted of all that is stored in Redis: the number of its format, and an id. A version refuses what it cannot read. */

/** The format that this version writes. */
const REDIS_FORMAT = 1;

const READABLE: readonly number[] = [REDIS_FORMAT];

/** Somebody else has written something that this version cannot read. */
class RedisFormatError extends Error {
  override readonly name = 'RedisFormatError';
}

/**
 * Notes the format where none is noted.
 * @param key The key of the number.
 * @param command Sends a command to the server.
 * @throws {RedisFormatError} when another format is noted that cannot be read.
 */
export async function checkFormat(
  key: string,
  command: (words: readonly string[]) => Promise<unknown>,
): Promise<void> {
  // A full server answers GET, but not SET.
  const found =
    (await command(['GET', key])) ?? (await command(['SET', key, String(REDIS_FORMAT), 'NX', 'GET']));
  if (found === null || READABLE.some((format) => String(format) === found)) return;
  throw new RedisFormatError(
    `the data in Redis have format ${found as string}; this version reads ${READABLE.join(', ')}: ` +
      'use the version of Statecast that wrote them, or another redis.prefix',
  );
}

/**
 * Returns the id of all that the server keeps, which is another one when it has lost everything.
 * @param key The key of the id.
 * @param command Sends a command to the server.
 * @param newId What it is called if it has no id yet.
 */
export async function identifyData(
  key: string,
  command: (words: readonly string[]) => Promise<unknown>,
  newId: string,
): Promise<string> {
  const found = (await command(['GET', key])) ?? (await command(['SET', key, newId, 'NX', 'GET']));
  return typeof found === 'string' ? found : newId;
}
