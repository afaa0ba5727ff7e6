/** Scripts by their digests. */

import { createHash } from 'node:crypto';
import type { RedisScript } from './redis.ts';

const digests = new WeakMap<RedisScript, string>();

/** The digest by which Redis knows a script that is loaded. */
export function digestOf(script: RedisScript): string {
  let digest = digests.get(script);
  if (digest === undefined) {
    digest = createHash('sha1').update(script.text).digest('hex');
    digests.set(script, digest);
  }
  return digest;
}
