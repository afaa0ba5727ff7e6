/** Revocations in Redis, for all nodes: a hash with one field for each token and user. */

import type { RedisKeys } from '../../redis/keys.ts';
import type { Redis, RedisReply } from '../../redis/redis.ts';
import type { Clock } from '../../system/clock.ts';
import { StoreError } from '../store-error.ts';
import { readLine, writeLine } from './revocation-lines.ts';
import {
  applyRevocation,
  keyOf,
  type Revocation,
  type RevocationChange,
  type RevocationStore,
} from './revocation-store.ts';

export interface RedisRevocationsOptions {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  readonly clock: Pick<Clock, 'now'>;
}

/** Fields that are read at a time. */
const PAGE_SIZE = 1_000;
/** How long ago a revocation must be over to be removed: clocks of nodes may differ. */
const SPARE_MS = 24 * 60 * 60_000;

export function createRedisRevocations({ redis, keys, clock }: RedisRevocationsOptions): RevocationStore {
  const key = keys.revocations;

  async function change(command: 'HSET' | 'HDEL', words: readonly string[]): Promise<void> {
    if (words.length > 0) await redis.command(key, [command, key, ...words]);
  }

  return {
    async load() {
      const found = new Map<string, Revocation>();
      let cursor = '0';
      do {
        const reply = await redis.command(key, ['HSCAN', key, cursor, 'COUNT', String(PAGE_SIZE)]);
        const [next, fields] = reply as readonly [string, readonly RedisReply[]];
        for (let at = 1; at < fields.length; at += 2) {
          const line = String(fields[at]);
          const read = readLine(line);
          if (read?.type !== 'add') throw unreadable(key, line);
          applyRevocation(found, read);
        }
        cursor = next;
      } while (cursor !== '0');
      const over = [...found].filter(([, { until = Infinity }]) => until < clock.now() - SPARE_MS);
      await change(
        'HDEL',
        over.map(([name]) => name),
      );
      for (const [name] of over) found.delete(name);
      return [...found.values()];
    },

    async write(changes) {
      const latest = new Map<string, RevocationChange>();
      for (const one of changes) latest.set(keyOf(one.type === 'add' ? one.revocation : one.what), one);
      const all = [...latest];
      const added = all.filter(([, { type }]) => type === 'add');
      const lifted = all.filter(([, { type }]) => type === 'lift');
      await Promise.all([
        change(
          'HSET',
          added.flatMap(([name, one]) => [name, writeLine(one)]),
        ),
        change(
          'HDEL',
          lifted.map(([name]) => name),
        ),
      ]);
    },

    async close() {},

    onRestored: (listener) =>
      redis.onRestored((restored) => {
        if (restored.affects(key)) listener(restored.isEmptied);
      }),
  };
}

function unreadable(key: string, line: string): StoreError {
  return new StoreError(
    'EUNREADABLE',
    `the hash ${key} in Redis has a revocation that cannot be read: ${line.slice(0, 100)}`,
  );
}
