/** Where the tests of a store keep memberships. */

import type { MembershipStore } from './membership-store.ts';

/** Somewhere for one test to keep memberships, empty at first. */
export interface StorePlace {
  /**
   * Opens a store on it. A persistent store is opened again after its `close`, and finds what was written. A shared one is
   * opened several times at once, each time for another server.
   */
  open(): Promise<MembershipStore>;
  /** Removes it, after the last store was closed. */
  dispose(): Promise<void>;
}
