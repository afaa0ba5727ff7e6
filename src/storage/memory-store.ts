/** A store in memory, for tests and for servers whose members need not survive a restart. */

import { applyChanges } from './apply-changes.ts';
import type { MembershipStore, StoredMember } from './membership-store.ts';

export function createMemoryStore(): MembershipStore {
  const members = new Map<string, ReadonlyMap<string, StoredMember>>();
  return {
    async rooms() {
      return { rooms: [...members.keys()] };
    },
    async load(room) {
      return { members: [...(members.get(room)?.values() ?? [])] };
    },
    async write(room, changes) {
      const next = applyChanges(members.get(room) ?? new Map(), changes, (member) => ({ ...member }));
      if (next.size === 0) members.delete(room);
      else members.set(room, next);
    },
    async close() {},
  };
}
