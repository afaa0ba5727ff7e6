/** The statistics of a server about its calls of servants: who counts them, and where the counts wait. */

import type { Settings } from '../../config/schema/settings.ts';
import { createMemoryStatStore } from './memory-stat-store.ts';
import type { Redis } from '../../redis/redis.ts';
import { createRedisStatStore, createStatStoreOn } from './redis-stat-store.ts';
import type { CallRecord } from './stat-counts.ts';
import type { StatStore } from './stat-store.ts';

export interface CallStatistics {
  /** Where counts wait until they are sent. Whoever sends them closes it. */
  readonly store: StatStore;
  /** Gets each call that ends from now on, instead of who got them before; returns what ends it. */
  collect(this: void, record: (call: CallRecord) => void): () => void;
}

export interface CallCounter extends CallStatistics {
  /** Whether somebody gets the calls; otherwise they need not be measured. */
  isCollected(this: void): boolean;
  record(this: void, call: CallRecord): void;
}

/** @param always Gets each call too, whoever else does. */
export function createCallStatistics(store: StatStore, always?: (call: CallRecord) => void): CallCounter {
  let collector: ((call: CallRecord) => void) | undefined;
  return {
    store,
    collect(record) {
      collector = record;
      return () => {
        if (collector === record) collector = undefined;
      };
    },
    isCollected: () => collector !== undefined || always !== undefined,
    record(call) {
      collector?.(call);
      always?.(call);
    },
  };
}

/** The Redis of a server that has none of its own settings for statistics. */
const DEFAULT_URL = 'redis://127.0.0.1:6379';

/**
 * Makes the store that the settings name. It connects when it is used.
 * @param shared The Redis that the server shares with others; it stays open when the store is closed.
 */
export function createConfiguredStatStore(
  { store, redis: { url, prefix } }: Settings['monitor'],
  shared?: Pick<Redis, 'run'>,
): StatStore {
  if (store === 'memory') return createMemoryStatStore();
  if (url === undefined && shared !== undefined) {
    return createStatStoreOn({ run: shared.run.bind(shared), close: async () => undefined }, { prefix });
  }
  return createRedisStatStore({ url: url ?? DEFAULT_URL, prefix });
}
