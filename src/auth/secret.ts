/** Checks keys, tokens and other secrets in constant time: the time it takes does not tell how much of one was right. */

import { createHash, timingSafeEqual } from 'node:crypto';

export type SecretCheck = (given: string | undefined) => boolean;

/** Without a secret, every given one is wrong. */
export function createSecretCheck(expected: string | undefined): SecretCheck {
  const digested = expected === undefined ? undefined : digest(expected);
  return (given) => digested !== undefined && given !== undefined && timingSafeEqual(digest(given), digested);
}

/** Digests have the same length, which a comparison in constant time needs. */
function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
