/** The members of one room, resting ones too. */

import { nameMembership } from '../../actors/room/membership.ts';
import type { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import type { FeedMessage } from '../feed/feed-protocol.ts';
import type { ActorEntry } from '../population/population.ts';
import type { Redaction } from '../redaction/redaction.ts';
import type { Summaries } from '../summary/summaries.ts';

export type MembersMessage = Omit<Extract<FeedMessage, { type: 'members' }>, 'type' | 'id'>;

/** At most so many members are listed, so that a large room does not block the server. */
const MAX_MEMBERS = 2_000;

/** The memberships in the order of their joins, and the users who are away: at most `limit` of each. */
export function listMembers(
  room: SupervisedRoom,
  limit: number,
  summaries: Summaries,
  redaction: Redaction,
): MembersMessage {
  const { joined, awake, away } = room.record.roster;
  const most = Math.min(limit, MAX_MEMBERS);
  const toAddress = (id: string) => ({ kind: 'membership' as const, id: nameMembership(id, room.name) });
  const found: ActorEntry[] = [];
  for (const [id, member] of take(joined, most)) {
    found.push({ address: toAddress(id), room, member });
  }
  for (const [id, { ref }] of take(awake, most)) {
    if (ref !== undefined) found.push({ address: toAddress(id), actor: ref, room });
  }
  return {
    room: room.name,
    // The roster has each of the two in order.
    members: found
      .map((entry) => summaries.summarize(summaries.read(entry)))
      .sort((a, b) => (a.figures['joinedAt'] ?? 0) - (b.figures['joinedAt'] ?? 0))
      .slice(0, most),
    total: joined.size + awake.size,
    joined: joined.size,
    away: [...take(away.keys(), most)].map((user) => redaction.showText('user', user)),
  };
}

function* take<Item>(items: Iterable<Item>, most: number): Generator<Item> {
  let taken = 0;
  for (const item of items) {
    if (taken === most) return;
    taken += 1;
    yield item;
  }
}
