/**
 * Decides whether rooms are occupied where several nodes tell one receiver: by who is present on all of them, and each
 * change is told by one node.
 */

import type { KnownRooms } from './outbox/outbox.ts';

export interface SharedRoomsInput {
  readonly rooms: KnownRooms;
  readonly countPresent: (room: string) => number | Promise<number>;
  /** An event in the form of the outbox; undefined if the receiver does not want it. */
  readonly toEvent: (type: 'room.occupied' | 'room.vacated', room: string) => string | undefined;
  readonly onTold: () => void;
  /** It could not be decided; it is to be decided again after a while. */
  readonly onUnknown: (room: string) => void;
}

/** What a room was said to be, when it is not known whether that was taken up. */
interface Said {
  readonly occupied: boolean;
  readonly event: string | undefined;
}

export class SharedRooms {
  readonly #input: SharedRoomsInput;
  readonly #unsure = new Map<string, Said>();
  #checking: Promise<void> | undefined;
  #checksAgain = false;
  #isStopped = false;

  constructor(input: SharedRoomsInput) {
    this.#input = input;
  }

  /** Tells that a room is occupied or vacated if that is news. */
  async settle(room: string): Promise<void> {
    const { countPresent, toEvent, onUnknown } = this.#input;
    try {
      const unsure = this.#unsure.get(room);
      if (unsure !== undefined) await this.#say(room, unsure);
      const occupied = (await countPresent(room)) > 0;
      await this.#say(room, { occupied, event: toEvent(occupied ? 'room.occupied' : 'room.vacated', room) });
    } catch {
      if (!this.#isStopped) onUnknown(room);
    }
  }

  /** Settles all rooms that the receiver knows to be occupied, one after the other. */
  async check(): Promise<void> {
    this.#checksAgain = true;
    this.#checking ??= this.#checkAll().finally(() => {
      this.#checking = undefined;
    });
    await this.#checking;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #checkAll(): Promise<void> {
    while (this.#checksAgain && !this.#isStopped) {
      this.#checksAgain = false;
      const rooms = await this.#input.rooms.list().catch(() => []);
      for (const room of rooms) if (!this.#isStopped) await this.settle(room);
    }
  }

  async #say(room: string, said: Said): Promise<void> {
    const { rooms, onTold } = this.#input;
    this.#unsure.set(room, said);
    const isNews = await rooms.settle(room, said.occupied, said.event);
    this.#unsure.delete(room);
    if (isNews && said.event !== undefined) onTold();
  }
}
