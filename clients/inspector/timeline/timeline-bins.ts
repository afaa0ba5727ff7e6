/** The log as a few columns: how much happened in each, with changes, gaps and failures. */

import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { SeenEntry } from '../watch/seen-log.ts';

export interface TimelineBin {
  /** Events of the actor, with repeats. */
  readonly own: number;
  /** Events of the other actors that are watched with it. */
  readonly others: number;
  /** The actor changed its states. */
  readonly isChange: boolean;
  /** Entries are missing here. */
  readonly isGap: boolean;
  /** An actor failed. */
  readonly isFailure: boolean;
}

/** Distributes the entries evenly to columns. */
export function toTimelineBins(
  entries: readonly SeenEntry[],
  own: ActorAddress,
  columns: number,
): TimelineBin[] {
  const ownKey = keyOf(own);
  const bins = Array.from({ length: Math.min(columns, entries.length) }, () => ({
    own: 0,
    others: 0,
    isChange: false,
    isGap: false,
    isFailure: false,
  }));
  entries.forEach(({ what, key }, index) => {
    const bin = bins[Math.floor((index * bins.length) / entries.length)]!;
    if (what.type === 'gap') {
      bin.isGap = true;
      return;
    }
    const isOwn = key === ownKey;
    bin[isOwn ? 'own' : 'others'] += 'repeat' in what ? (what.repeat ?? 1) : 1;
    if (what.type === 'failed') bin.isFailure = true;
    if (isOwn && what.type !== 'effect' && (what.type !== 'transition' || what.states !== undefined)) {
      bin.isChange = true;
    }
  });
  return bins;
}
