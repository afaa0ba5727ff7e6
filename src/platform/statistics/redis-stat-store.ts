/** A store of call statistics in Redis, which several processes share. */

import { randomUUID } from 'node:crypto';
import { OnDemandRedis } from '../../redis/on-demand-redis.ts';
import type { Redis } from '../../redis/redis.ts';
import { settleInTime } from '../../system/settle-in-time.ts';
import { systemClock, type Clock } from '../../system/clock.ts';
import { ADD_SCRIPT, TAKE_SCRIPT, toCounts, toText } from './redis-stat-scripts.ts';
import { nameKey, type StatEntry } from './stat-counts.ts';
import type { StatStore } from './stat-store.ts';
import { DEFAULT_STAT_KEYS } from './stat-table.ts';

/** How long a call of Redis may take, connecting included. */
const DEADLINE_MS = 2_000;
const DEFAULT_PREFIX = 'statecast';

interface StatKeysOptions {
  /** The statistics are in the hash `PREFIX:{statistics}`, and keys below it; processes with one prefix share them. Default `statecast`. */
  readonly prefix?: string;
  /** While so many different keys wait, calls of new keys are dropped. Default 10,000. */
  readonly maxKeys?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export interface RedisStatStoreOptions extends StatKeysOptions {
  /** `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS. */
  readonly url: string;
}

/**
 * Makes a store in Redis 6.2 or later. It connects at its first call, and again at the next call after a failure. A call
 * that takes longer than 2 s rejects. Redis may do its work all the same, so it remembers it for 10 minutes: the same batch
 * is not added again, and what a rejected `take` took is put back by the next. Counts are lost only if the process ends
 * before that.
 * @throws {TypeError} for a URL that is none of Redis.
 */
export function createRedisStatStore({ url, ...options }: RedisStatStoreOptions): StatStore {
  // The URL may have a password, so the error does not show it.
  if (!isRedisUrl(url)) throw new TypeError('the URL of Redis should be redis://HOST:PORT');
  return createStatStoreOn(new OnDemandRedis({ url, connectMs: DEADLINE_MS }), options);
}

/** Makes a store as `createRedisStatStore` does, on a Redis that is there already. Closing the store closes it. */
export function createStatStoreOn(
  redis: Pick<Redis, 'run' | 'close'> & { readonly drop?: () => void },
  { prefix = DEFAULT_PREFIX, maxKeys = DEFAULT_STAT_KEYS, clock = systemClock }: StatKeysOptions,
): StatStore {
  const key = `${prefix}:{statistics}`;
  /** What the last `take` of this store returned. */
  const takenKey = `${key}:taken:${randomUUID()}`;
  let takes = 0;
  let answeredTake = 0;

  /** Runs a script on the statistics and on the key that remembers what it did. */
  async function run(
    script: typeof ADD_SCRIPT,
    memoryKey: string,
    args: readonly string[],
  ): Promise<unknown> {
    try {
      const late = `Redis did not answer in ${DEADLINE_MS} ms`;
      return await settleInTime(clock, redis.run(script, [key, memoryKey], args), DEADLINE_MS, late);
    } catch (error) {
      redis.drop?.();
      throw error;
    }
  }

  return {
    async add(entries, batch = randomUUID()) {
      if (entries.length === 0) return;
      const pairs = entries.flatMap((entry) => [nameKey(entry.key), toText(entry.counts)]);
      await run(ADD_SCRIPT, `${key}:added:${batch}`, [String(maxKeys), ...pairs]);
    },
    async take(limit) {
      const number = ++takes;
      const args = [limit, number, answeredTake].map(String);
      const pairs = (await run(TAKE_SCRIPT, takenKey, args)) as readonly string[];
      answeredTake = number;
      return Array.from({ length: pairs.length / 2 }, (_, index) =>
        toEntry(pairs[2 * index]!, pairs[2 * index + 1]!),
      );
    },
    close: () => redis.close(),
  };
}

function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\//.test(text) && URL.canParse(text);
}

function toEntry(name: string, counts: string): StatEntry {
  const [server, func, host, port, ret] = JSON.parse(name) as [string, string, string, number, number];
  return { key: { server, func, host, port, ret }, counts: toCounts(counts) };
}
