/** What changes make of a room's members, in whatever form a store keeps a member. */

import type { MembershipChange, StoredMember } from './membership-store.ts';

/** The kept members, by id, after the changes, in order; the given map stays as it is. */
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
