/** A store as one room sees it: its own name filled in, and one call at a time, whatever the room's machine does. */

import type { LoadedRoom, MembershipChange, MembershipStore } from '../../storage/membership-store.ts';

export interface RoomStore {
  load(): Promise<LoadedRoom>;
  /** Writes nothing when there is nothing to write. */
  write(changes: readonly MembershipChange[]): Promise<void>;
}

export function createRoomStore(store: MembershipStore, room: string): RoomStore {
  return new TurnTakingStore(store, room);
}

/** A class, and not closures, of which every room would have its own. */
class TurnTakingStore implements RoomStore {
  readonly #store: MembershipStore;
  readonly #room: string;
  /** The latest call while the store is busy with it: it never rejects. */
  #last: Promise<unknown> | undefined;

  constructor(store: MembershipStore, room: string) {
    this.#store = store;
    this.#room = room;
  }

  load(): Promise<LoadedRoom> {
    return this.#inTurn(() => this.#store.load(this.#room));
  }

  write(changes: readonly MembershipChange[]): Promise<void> {
    return changes.length === 0
      ? Promise.resolve()
      : this.#inTurn(() => this.#store.write(this.#room, changes));
  }

  /** A machine that restarts or closes abandons its call, but the store is still busy with it. */
  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    // Also the first one is called from a promise: a store that throws rejects.
    const result = (this.#last ?? Promise.resolve()).then(call);
    // A call that has ended is let go, and with it what was loaded.
    const forget = (): void => {
      if (this.#last === last) this.#last = undefined;
    };
    const last: Promise<void> = result.then(forget, forget);
    this.#last = last;
    return result;
  }
}
