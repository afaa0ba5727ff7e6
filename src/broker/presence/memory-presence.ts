/** The presence of a server that is one process: lists in memory, and everything is done in the same turn. */

import type { Presence, PresenceStats, PresentMember } from './presence.ts';

/** May be given to several servers in one process. */
export function createMemoryPresence(): Presence {
  return new MemoryPresence();
}

/** Who is in one room. The users are counted as they come and go, so that a large room need not be walked through. */
class RoomPresence {
  readonly members = new Map<string, PresentMember>();
  /** How many connections each user has; anonymous ones have the user `undefined`. */
  readonly #connections = new Map<string | undefined, number>();

  /** How many have no seat. */
  #outside = 0;

  get seats(): number {
    return this.members.size - this.#outside;
  }

  get users(): number {
    return this.#connections.size;
  }

  add(member: PresentMember): void {
    this.remove(member.id);
    this.members.set(member.id, member);
    this.#count(member.user, 1);
    if (member.isOutside === true) this.#outside += 1;
  }

  remove(id: string): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    this.members.delete(id);
    this.#count(member.user, -1);
    if (member.isOutside === true) this.#outside -= 1;
  }

  #count(user: string | undefined, change: 1 | -1): void {
    const count = (this.#connections.get(user) ?? 0) + change;
    if (count > 0) this.#connections.set(user, count);
    else this.#connections.delete(user);
  }
}

class MemoryPresence implements Presence {
  readonly #rooms = new Map<string, RoomPresence>();

  add(room: string, member: PresentMember, capacity?: number): void | 'full' {
    const present = this.#rooms.get(room) ?? new RoomPresence();
    if (capacity !== undefined && !present.members.has(member.id) && present.seats >= capacity) return 'full';
    this.#rooms.set(room, present);
    present.add(member);
  }

  remove(room: string, id: string): void {
    const present = this.#rooms.get(room);
    if (present === undefined) return;
    present.remove(id);
    if (present.members.size === 0) this.#rooms.delete(room);
  }

  refresh(room: string, members: readonly PresentMember[]): void {
    for (const member of members) this.add(room, member);
  }

  list(room: string): readonly PresentMember[] {
    return [...(this.#rooms.get(room)?.members.values() ?? [])];
  }

  stats(room: string): PresenceStats {
    const present = this.#rooms.get(room);
    return { connections: present?.members.size ?? 0, users: present?.users ?? 0 };
  }

  close(): void {}
}
