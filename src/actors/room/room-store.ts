/** The store of one room: it adds the room's name to each call, and makes one call at a time. */

import type { LoadedRoom, MembershipChange, MembershipStore } from '../../storage/membership-store.ts';
import type { Clock } from '../../system/clock.ts';
import type { StorePace } from './store-pace.ts';

export interface RoomStore {
  /** @param isUrgent Whether somebody waits for the answer. */
  load(isUrgent: boolean): Promise<LoadedRoom>;
  /**
   * Writes nothing when there is nothing to write.
   * @param isUrgent Whether somebody waits for the answer. Default: nobody does.
   */
  write(changes: readonly MembershipChange[], isUrgent?: boolean): Promise<void>;
  /** How long the store has been at work on the call of this room, in milliseconds; 0 while the call waits for its turn. */
  workingMs(): number;
}

/** What the stores of all rooms share. */
export interface StoreShared {
  readonly store: MembershipStore;
  readonly pace: StorePace;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export function createRoomStore(shared: StoreShared, room: string): RoomStore {
  return new TurnTakingStore(shared, room);
}

/** A class, because closures would be made again for every room. */
class TurnTakingStore implements RoomStore {
  readonly #shared: StoreShared;
  readonly #room: string;
  /** The latest call, while it is under way. This promise never rejects. */
  #last: Promise<unknown> | undefined;
  #startedAt: number | undefined;

  constructor(shared: StoreShared, room: string) {
    this.#shared = shared;
    this.#room = room;
  }

  load(isUrgent: boolean): Promise<LoadedRoom> {
    return this.#inTurn(isUrgent, () => this.#shared.store.load(this.#room));
  }

  write(changes: readonly MembershipChange[], isUrgent: boolean = false): Promise<void> {
    return changes.length === 0
      ? Promise.resolve()
      : this.#inTurn(isUrgent, () => this.#shared.store.write(this.#room, changes));
  }

  workingMs(): number {
    return this.#startedAt === undefined ? 0 : this.#shared.clock.monotonic() - this.#startedAt;
  }

  /** A machine that restarts or closes abandons its call, but the store is still busy with it. */
  #inTurn<T>(isUrgent: boolean, call: () => Promise<T>): Promise<T> {
    const { pace, clock } = this.#shared;
    const start = (): Promise<T> => {
      this.#startedAt = clock.monotonic();
      return call();
    };
    // The first call too is made from a promise: so a store that throws gives a promise that rejects.
    const result = (this.#last ?? Promise.resolve()).then(() => pace.run(isUrgent, start));
    // A call that has ended is forgotten, so that what it loaded can be collected.
    const forget = (): void => {
      this.#startedAt = undefined;
      if (this.#last === last) this.#last = undefined;
    };
    const last: Promise<void> = result.then(forget, forget);
    this.#last = last;
    return result;
  }
}
