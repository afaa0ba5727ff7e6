/** Parties, and what happened between them, as text. */

import type { FeedItem, Party } from '../../../src/inspect/feed/feed-protocol.ts';
import type { EventRow } from './event-rows.ts';
import { formatCount, formatTime } from '../ui/format.ts';
import { shortenId, singularOf } from '../names/kind-words.ts';
import type { Gap } from '../watch/seen-log.ts';

/** `room room1`, `connection 1f2e3d4c…`, `socket`. */
export function describeParty(party: Party): string {
  if ('outside' in party) return party.outside;
  return party.id === party.kind ? party.kind : `${singularOf(party.kind)} ${shortenId(party.id)}`;
}

export function describeGap({ reason, count }: Pick<Gap, 'reason' | 'count'>): string {
  return reason === 'skipped' ? `${formatCount(count)} skipped` : 'not watched for a while';
}

/** The other party: `from socket`, `to broker`; empty when it is not known. */
export function describeOther(item: FeedItem): string {
  if (item.type === 'effect') return `to ${describeParty(item.to)}`;
  return item.type === 'transition' && item.source !== undefined ? `from ${describeParty(item.source)}` : '';
}

/** A row as one text, for screen readers. */
export function describeRow({ what, at, name, entered, count }: EventRow): string {
  if (what.type === 'gap') return describeGap({ ...what, count });
  const parts = [
    formatTime(at),
    name,
    count > 1 ? `${formatCount(count)} times` : '',
    describeParty(what.actor),
    describeOther(what),
  ];
  if (what.type === 'transition') {
    if (what.taken.length === 0) parts.push('ignored');
  }
  if (entered.length > 0) parts.push(`now ${entered.join(', ')}`);
  if ('error' in what && what.error !== undefined) parts.push(what.error);
  return parts.filter((part) => part !== '').join(', ');
}
