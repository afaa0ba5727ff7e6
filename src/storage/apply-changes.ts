/** Applies changes to the members of a room, in the form in which a store keeps them. */

import type { MembershipChange, StoredMember } from './membership-store.ts';

/** Returns the members by id after the changes; the given map is not changed. */
export function applyChanges<Kept>(
  members: ReadonlyMap<string, Kept>,
  changes: readonly MembershipChange[],
  keep: (member: StoredMember) => Kept,
): ReadonlyMap<string, Kept> {
  const next = new Map(members);
  for (const change of changes) {
    if (change.type === 'remove') next.delete(change.id);
    else next.set(change.member.id, keep(change.member));
  }
  return next;
}
