/** A store of call statistics in memory. */

import type { StatStore } from './stat-store.ts';
import { DEFAULT_STAT_KEYS, StatTable } from './stat-table.ts';

/**
 * Makes a store in memory. While the platform is down and `maxKeys` different keys wait, calls of new keys are
 * dropped.
 * @param maxKeys Default 10,000, about 4 MB.
 */
export function createMemoryStatStore(maxKeys = DEFAULT_STAT_KEYS): StatStore {
  const table = new StatTable(maxKeys);
  return {
    async add(entries) {
      for (const entry of entries) table.add(entry);
    },
    async take(limit) {
      return table.take(limit);
    },
    async close() {},
  };
}
