/** The presence of a server that is one process: lists in memory, and everything is done in the same turn. */

import type { Presence, PresenceStats, PresentMember } from './presence.ts';

/** May be given to several servers in one process. */
export function createMemoryPresence(): Presence {
  return new MemoryPresence();
}

type Members = Map<string, PresentMember>;

class MemoryPresence implements Presence {
  readonly #rooms = new Map<string, Members>();

  add(room: string, member: PresentMember): void {
    const members = this.#rooms.get(room);
    if (members === undefined) this.#rooms.set(room, new Map([[member.id, member]]));
    else members.set(member.id, member);
  }

  remove(room: string, id: string): void {
    const members = this.#rooms.get(room);
    if (members === undefined) return;
    members.delete(id);
    if (members.size === 0) this.#rooms.delete(room);
  }

  refresh(room: string, members: readonly PresentMember[]): void {
    for (const member of members) this.add(room, member);
  }

  list(room: string): readonly PresentMember[] {
    return [...(this.#rooms.get(room)?.values() ?? [])];
  }

  stats(room: string): PresenceStats {
    const members = this.#rooms.get(room);
    const users = new Set<string | undefined>();
    for (const { user } of members?.values() ?? []) users.add(user);
    return { connections: members?.size ?? 0, users: users.size };
  }

  close(): void {}
}
