/** Counts by keys, in a map. */

/** @param by Default: 1. */
export function raiseCount<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
