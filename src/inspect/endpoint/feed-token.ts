/** Whether a token is the right one, without telling by the time it takes how much of it was right. */

import { createHash, timingSafeEqual } from 'node:crypto';

export type TokenCheck = (given: string | undefined) => boolean;

/** Without a token on the server's side none is right. */
export function createTokenCheck(expected: string | undefined): TokenCheck {
  const digested = expected === undefined ? undefined : digest(expected);
  return (given) => digested !== undefined && given !== undefined && timingSafeEqual(digest(given), digested);
}

/** Digests are of one length, which a comparison in constant time needs. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
