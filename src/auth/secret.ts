/** Checks keys, tokens and other secrets in constant time: the time it takes does not tell how much of one was right. */

import { createHash, timingSafeEqual } from 'node:crypto';

export type SecretCheck = (given: string | undefined) => boolean;

/**
 * Without a secret, every given one is wrong.
 * @param wrong Told of each one that was given and is wrong, where there is a right one.
 */
export function createSecretCheck(expected: string | undefined, wrong?: () => void): SecretCheck {
  const digested = expected === undefined ? undefined : digest(expected);
  return (given) => {
    if (digested === undefined || given === undefined) return false;
    const isRight = timingSafeEqual(digest(given), digested);
    if (!isRight) wrong?.();
    return isRight;
  };
}

/**
 * Finds which of several secrets was given; undefined if it is none of them. All are compared, so that the time does not
 * tell which one it was.
 */
export function createSecretFinder(secrets: readonly string[]): (given: string) => number | undefined {
  const digests = secrets.map(digest);
  return (given) => {
    const digested = digest(given);
    let found: number | undefined;
    for (const [index, each] of digests.entries()) if (timingSafeEqual(digested, each)) found = index;
    return found;
  };
}

/** Digests have the same length, which a comparison in constant time needs. */
function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
