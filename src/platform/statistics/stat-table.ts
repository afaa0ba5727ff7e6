/** Entries by their keys, of a limited number. It is what a process counts in, and what the memory store keeps. */

import { addCounts, nameKey, type StatEntry } from './stat-counts.ts';

/** How many different keys there may be: names of functions can come from clients. */
export const DEFAULT_STAT_KEYS = 10_000;

export class StatTable {
  readonly #entries = new Map<string, StatEntry>();
  readonly #maxKeys: number;

  constructor(maxKeys = DEFAULT_STAT_KEYS) {
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Adds to the entry of the same key. One of a new key is forgotten when the table is full: false. */
  add({ key, counts }: StatEntry): boolean {
    const name = nameKey(key);
    const known = this.#entries.get(name);
    if (known === undefined && this.#entries.size >= this.#maxKeys) return false;
    this.#entries.set(name, { key, counts: known === undefined ? counts : addCounts(known.counts, counts) });
    return true;
  }

  /** Takes out at most `limit` entries, the oldest first. */
  take(limit = Infinity): StatEntry[] {
    const taken: StatEntry[] = [];
    for (const [name, entry] of this.#entries) {
      if (taken.length >= limit) break;
      taken.push(entry);
      this.#entries.delete(name);
    }
    return taken;
  }
}
