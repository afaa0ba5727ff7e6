/** What was seen as a few columns: how much happened where, and what is worth looking at. Numbers only. */

import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { SeenEntry } from '../watch/seen-log.ts';

export interface TimelineBin {
  /** Events of the actor, repeats counted. */
  readonly own: number;
  /** Those of the others that are watched with it. */
  readonly others: number;
  /** The actor changed its states. */
  readonly isChange: boolean;
  /** Something is missing here. */
  readonly isGap: boolean;
  /** Somebody failed. */
  readonly isFailure: boolean;
}

/** Deals entries out to columns of equally many. */
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
