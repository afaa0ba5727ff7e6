/** The error of a server that does not start without Redis. */

/** Redis cannot be used, and `redis.required` is set. The message names each server of Redis, and says why. */
export class RedisRequiredError extends Error {
  readonly code = 'REDIS_REQUIRED';
  /** @param reasons Of each server that cannot be used: its address, and why. */
  constructor(reasons: readonly string[]) {
    super(`Redis cannot be used, and redis.required is set (${reasons.join('; ')})`);
  }
}
