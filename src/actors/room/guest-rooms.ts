/** The rooms in memory that a message or a call of a client has opened, and in which nobody has been a member. */

import type { RoomRecord } from './room-record.ts';

type Guest = Pick<RoomRecord, 'hadMembers'>;

export class GuestRooms {
  readonly #limit: number;
  readonly #rooms = new Set<Guest>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether no more of them may be opened. */
  isFull(): boolean {
    if (this.#rooms.size < this.#limit) return false;
    // Some may have got members.
    for (const room of this.#rooms) if (room.hadMembers) this.#rooms.delete(room);
    return this.#rooms.size >= this.#limit;
  }

  add(room: Guest): void {
    this.#rooms.add(room);
  }

  /** The room is not in memory any more. */
  delete(room: Guest): void {
    this.#rooms.delete(room);
  }
}
