/** Logs for tests. */

import type { ActorAddress, FeedItem } from '../../../src/inspect/feed/feed-protocol.ts';
import { SeenLog } from './seen-log.ts';

/** A log in which these happened, one after the other, in one batch. */
export function logOf(own: ActorAddress, items: readonly FeedItem[], skipped = 0): SeenLog {
  const log = new SeenLog(own);
  log.add({ items, skipped: 0, actors: [] }, 0);
  if (skipped > 0) log.add({ items: [], skipped, actors: [] }, 0);
  return log;
}
