/** A store as one room sees it: its own name filled in, and one call at a time, whatever the room's machine does. */

import type { LoadedRoom, MembershipChange, MembershipStore } from '../storage/membership-store.ts';

export interface RoomStore {
  load(): Promise<LoadedRoom>;
  /** Writes nothing when there is nothing to write. */
  write(changes: readonly MembershipChange[]): Promise<void>;
}

export function createRoomStore(store: MembershipStore, room: string): RoomStore {
  let last: Promise<unknown> = Promise.resolve();

  /** A machine that restarts or closes abandons its call, but the store is still busy with it. */
  function inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = last.then(call);
    last = result.catch(() => undefined);
    return result;
  }

  return {
    load: () => inTurn(() => store.load(room)),
    write: (changes) => (changes.length === 0 ? Promise.resolve() : inTurn(() => store.write(room, changes))),
  };
}
