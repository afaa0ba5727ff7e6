/** The store of one room: it adds the room's name to each call, and makes one call at a time. */

import type { LoadedRoom, MembershipChange, MembershipStore } from '../../storage/membership-store.ts';

export interface RoomStore {
  load(): Promise<LoadedRoom>;
  /** Writes nothing when there is nothing to write. */
  write(changes: readonly MembershipChange[]): Promise<void>;
}

export function createRoomStore(store: MembershipStore, room: string): RoomStore {
  return new TurnTakingStore(store, room);
}

/** A class, because closures would be made again for every room. */
class TurnTakingStore implements RoomStore {
  readonly #store: MembershipStore;
  readonly #room: string;
  /** The latest call, while it is under way. This promise never rejects. */
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
    // The first call too is made from a promise: so a store that throws gives a promise that rejects.
    const result = (this.#last ?? Promise.resolve()).then(call);
    // A call that has ended is forgotten, so that what it loaded can be collected.
    const forget = (): void => {
      if (this.#last === last) this.#last = undefined;
    };
    const last: Promise<void> = result.then(forget, forget);
    this.#last = last;
    return result;
  }
}
