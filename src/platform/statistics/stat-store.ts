/** The seam where statistics of calls wait for the platform: implement it to keep them elsewhere, in Redis for example. */

import type { StatEntry } from './stat-counts.ts';

/**
 * Keeps statistics until they are reported. Several processes may share one: each adds, and what one of
 * them takes no other gets.
 *
 * The server adds what was counted about once a second, never for each call, and one call of the store
 * is under way at a time. A rejected promise means "try again later"; the server keeps the entries and counts on.
 */
export interface StatStore {
  /** Adds entries; counts of one key are added up. All of them are kept, or none. */
  add(entries: readonly StatEntry[]): Promise<void>;
  /** Takes out at most `limit` entries, in any order, and forgets them. */
  take(limit: number): Promise<readonly StatEntry[]>;
  /** Lets go of files and connections, after the last call has settled. */
  close(): Promise<void>;
}
