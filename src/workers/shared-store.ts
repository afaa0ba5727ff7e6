/**
 * One store for many workers: it knows which worker looks after which member. A worker is given what no other living one
 * looks after, and looks after it from then on: what was there before, and what a worker has left that has ended.
 */

import type { LoadedRoom, MembershipChange, MembershipStore, RoomList } from '../storage/membership-store.ts';

export class SharedStore {
  readonly #store: MembershipStore;
  /** Who looks after each member, by room and id. One that is not in it is nobody's. */
  readonly #owners = new Map<string, Map<string, string>>();

  /** What was found when the store was opened; the first worker is told. */
  #setAside: RoomList['setAside'];

  constructor(store: MembershipStore) {
    this.#store = store;
  }

  /** Rejects when the store cannot be used at all. */
  async open(): Promise<void> {
    this.#setAside = (await this.#store.rooms()).setAside;
  }

  /** The store as one worker uses it. */
  of(worker: string): MembershipStore {
    return {
      rooms: () => this.#rooms(worker),
      load: (room) => this.#load(room, worker),
      write: (room, changes) => this.#write(room, changes, worker),
      close: async () => void this.leave(worker),
    };
  }

  /** A worker has ended. Returns the rooms that have members which nobody looks after any more. */
  leave(worker: string): string[] {
    const orphaned: string[] = [];
    for (const [room, owners] of this.#owners) {
      let isOrphaned = false;
      for (const [id, owner] of owners) {
        if (owner !== worker) continue;
        owners.delete(id);
        isOrphaned = true;
      }
      if (isOrphaned) orphaned.push(room);
      if (owners.size === 0) this.#owners.delete(room);
    }
    return orphaned;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #rooms(worker: string): Promise<RoomList> {
    const { rooms, setAside = [] } = await this.#store.rooms();
    const found = [...(this.#setAside ?? []), ...setAside];
    this.#setAside = undefined;
    const orphaned: string[] = [];
    for (const room of rooms) {
      const { members } = await this.#store.load(room);
      const owners = this.#owners.get(room);
      if (members.some(({ id }) => (owners?.get(id) ?? worker) === worker)) orphaned.push(room);
    }
    return found.length === 0 ? { rooms: orphaned } : { rooms: orphaned, setAside: found };
  }

  async #load(room: string, worker: string): Promise<LoadedRoom> {
    const { members, ...rest } = await this.#store.load(room);
    const owners = this.#ownersOf(room);
    const own = members.filter(({ id }) => (owners.get(id) ?? worker) === worker);
    for (const { id } of own) owners.set(id, worker);
    if (owners.size === 0) this.#owners.delete(room);
    return { ...rest, members: own };
  }

  async #write(room: string, changes: readonly MembershipChange[], worker: string): Promise<void> {
    const owners = this.#ownersOf(room);
    // Before it is written: a worker that ends meanwhile leaves it behind.
    for (const change of changes) if (change.type === 'put') owners.set(change.member.id, worker);
    try {
      await this.#store.write(room, changes);
      for (const change of changes) if (change.type === 'remove') owners.delete(change.id);
    } finally {
      if (owners.size === 0) this.#owners.delete(room);
    }
  }

  #ownersOf(room: string): Map<string, string> {
    let owners = this.#owners.get(room);
    if (owners === undefined) {
      owners = new Map();
      this.#owners.set(room, owners);
    }
    return owners;
  }
}
