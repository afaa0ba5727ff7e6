/** A table of entries by their keys, with a limited size, in which calls are counted. */

import { addCounts, nameKey, type StatEntry } from './stat-counts.ts';

/** The most different keys. There must be a limit, because names of functions may come from clients. */
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

  /** Adds to the entry of the same key. Returns false if the table is full and the key is new: then it is dropped. */
  add({ key, counts }: StatEntry): boolean {
    const name = nameKey(key);
    const known = this.#entries.get(name);
    if (known === undefined && this.#entries.size >= this.#maxKeys) return false;
    this.#entries.set(name, { key, counts: known === undefined ? counts : addCounts(known.counts, counts) });
    return true;
  }

  /** Removes and returns at most `limit` entries, the oldest first. */
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
