/** Checks a token in constant time: the time it takes does not tell how much of the token was right. */

import { createHash, timingSafeEqual } from 'node:crypto';

export type TokenCheck = (given: string | undefined) => boolean;

/** If the server has no token, every given one is wrong. */
export function createTokenCheck(expected: string | undefined): TokenCheck {
  const digested = expected === undefined ? undefined : digest(expected);
  return (given) => digested !== undefined && given !== undefined && timingSafeEqual(digest(given), digested);
}

/** Digests have the same length, which a comparison in constant time needs. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
