/** One page of the members of a room: the connections that are present, then the users who are away. */

import type { AwayMember } from '../../actors/room/roster.ts';
import { OUTSIDE_PREFIX } from '../../operations/outside-presence.ts';
import type { PresentView } from '../feed/feed-protocol.ts';
import { TopList } from '../lists/top-list.ts';
import type { Redaction } from '../redaction/redaction.ts';
import { showMember } from './publication-view.ts';
import type { PresentConnection } from './room-operations.ts';

export interface PresenceQuery {
  /** Only those whose id or user contains this, in any case of letters. */
  readonly search?: string;
  readonly offset?: number;
  readonly limit: number;
}

type Found = PresentConnection & { readonly awaySince?: number };

export interface PresencePage {
  readonly members: readonly PresentView[];
  /** How many match. */
  readonly total: number;
}

/** In the order of their joins. */
export function findPresent(
  present: readonly PresentConnection[],
  away: readonly AwayMember[],
  { search = '', offset = 0, limit }: PresenceQuery,
  redaction: Redaction,
): PresencePage {
  const needle = search.toLowerCase();
  const hidesUsers = redaction.withholds('user');
  const page = new TopList<Found>(offset + limit, compare);
  let total = 0;
  const consider = (member: Found): void => {
    if (needle !== '' && !holds(member.id) && (hidesUsers || !holds(member.user ?? ''))) return;
    total += 1;
    page.offer(member);
  };
  const holds = (text: string): boolean => text.toLowerCase().includes(needle);
  present.forEach(consider);
  away.forEach(consider);
  return { members: page.takeFrom(offset).map((member) => show(member, redaction)), total };
}

function show(member: Found, redaction: Redaction): PresentView {
  const { joinedAt, roomInfo, awaySince } = member;
  return {
    ...showMember(member, redaction),
    joinedAt,
    ...(member.id.startsWith(OUTSIDE_PREFIX) && { isOutside: true as const }),
    ...(roomInfo !== undefined && { roomInfo: redaction.showField('info', roomInfo) }),
    ...(awaySince !== undefined && { awaySince }),
  };
}

function compare(a: Found, b: Found): number {
  const isAway = Number(a.awaySince !== undefined) - Number(b.awaySince !== undefined);
  return isAway || a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1);
}
