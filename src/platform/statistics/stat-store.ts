/** The interface of a store for call statistics that wait to be sent. Implement it to keep them in Redis, for example. */

import type { StatEntry } from './stat-counts.ts';

/**
 * Keeps statistics until they are reported. Several processes may share a store: all of them add entries, and each
 * entry is taken by only one.
 *
 * The server adds entries about once a second, not for each call, and makes one call of the store at a time. A
 * rejected promise means "try again later": the server keeps the entries, and adds them again with the same `batch`.
 */
export interface StatStore {
  /**
   * Adds entries; counts of one key are added up. All of them are kept, or none.
   * @param batch The id of these entries. A store that can reject although it keeps them, such as one behind a network,
   *   does not add a batch that it has added before.
   */
  add(entries: readonly StatEntry[], batch?: string): Promise<void>;
  /** Removes and returns at most `limit` entries, in any order. */
  take(limit: number): Promise<readonly StatEntry[]>;
  /** Releases files and connections; called after the last call has settled. */
  close(): Promise<void>;
}
