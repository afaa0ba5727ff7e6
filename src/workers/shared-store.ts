/**
 * One store for many workers: it knows which worker looks after which record. A worker sees its own records, and takes
 * over what nobody looks after: what was there before, and what a worker has left that has ended.
 */

import type { Presence, PresentMember } from '../broker/presence/presence.ts';
import type {
  LoadedRoom,
  MembershipChange,
  MembershipStore,
  RoomList,
  StoredMember,
} from '../storage/membership-store.ts';

interface Entry {
  readonly member: StoredMember;
  /** Who looks after it. */
  owner: string | undefined;
}

/** Whom a worker has listed as present, by room and id. */
export type Listed = ReadonlyMap<string, ReadonlyMap<string, PresentMember>>;

type OrphanListener = (rooms: readonly string[]) => void;

/** A room as the store knows it. */
class KnownRoom {
  readonly entries = new Map<string, Entry>();
  readonly away = new Map<string, StoredMember>();
  /** Whom members were told of, of workers that have ended. */
  readonly unlisted = new Map<string, PresentMember>();

  isFor(worker: string | undefined): boolean {
    for (const { owner } of this.entries.values()) if (owner === undefined || owner === worker) return true;
    return false;
  }
}

export class SharedStore {
  readonly #store: MembershipStore;
  readonly #presence: Pick<Presence, 'list'>;
  readonly #rooms = new Map<string, KnownRoom>();
  /** The rooms in which a user is away. */
  readonly #awayIn = new Map<string, Set<string>>();
  /** Workers that look after orphans. */
  readonly #listeners = new Map<string, OrphanListener>();
  #turn = 0;
  /** What was found when the store was opened; the first worker is told. */
  #setAside: NonNullable<RoomList['setAside']> = [];

  constructor(store: MembershipStore, presence: Pick<Presence, 'list'>) {
    this.#store = store;
    this.#presence = presence;
  }

  /** Reads all of it. Rejects when the store cannot be used at all. */
  async open(): Promise<void> {
    const { rooms, setAside = [] } = await this.#store.rooms();
    this.#setAside = setAside;
    for (const name of rooms) {
      const loaded = await this.#store.load(name);
      if (loaded.setAside !== undefined) this.#setAside = [...this.#setAside, loaded.setAside];
      for (const member of loaded.members) this.#put(name, member, undefined);
    }
  }

  /** The store as one worker uses it. */
  of(worker: string): Required<Omit<MembershipStore, 'open' | 'onLost' | 'onEmptied' | 'parallel'>> {
    return {
      rooms: async () => this.#list(worker),
      load: (room) => this.#load(room, worker),
      write: (room, changes) => this.#write(room, changes, worker),
      awayMembers: async (room) => [...(this.#rooms.get(room)?.away.values() ?? [])],
      awayIn: async (user) => [...(this.#awayIn.get(user) ?? [])],
      onOrphaned: (listener) => {
        this.#listeners.set(worker, listener);
        return () => this.#listeners.delete(worker);
      },
      close: async () => this.leave(worker),
    };
  }

  /**
   * A worker has ended: another one is told of the rooms that it has left.
   * @param listed Whom it has left there as present.
   */
  leave(worker: string, listed: Listed = new Map()): void {
    this.#listeners.delete(worker);
    for (const { entries } of this.#rooms.values()) {
      for (const entry of entries.values()) if (entry.owner === worker) entry.owner = undefined;
    }
    for (const [name, members] of listed) {
      for (const member of members.values()) {
        const room = this.#roomOf(name);
        room.unlisted.set(member.id, member);
        // It may have ended before the store was told of it.
        if (!room.entries.has(member.id)) this.#put(name, toStored(member), undefined);
      }
    }
    this.#tellOrphaned();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #tellOrphaned(): void {
    const workers = [...this.#listeners.values()];
    const { rooms } = this.#list(undefined);
    if (workers.length === 0 || rooms.length === 0) return;
    const shares = workers.map((): string[] => []);
    for (const room of rooms) shares[(this.#turn = (this.#turn + 1) % workers.length)]!.push(room);
    for (const [index, share] of shares.entries()) if (share.length > 0) workers[index]!(share);
  }

  /** The rooms that have orphans, or records of this worker. */
  #list(worker: string | undefined): RoomList {
    const rooms = [...this.#rooms].filter(([, room]) => room.isFor(worker)).map(([name]) => name);
    if (worker === undefined) return { rooms };
    const setAside = this.#setAside;
    this.#setAside = [];
    return setAside.length === 0 ? { rooms } : { rooms, setAside };
  }

  async #load(name: string, worker: string): Promise<LoadedRoom> {
    const room = this.#rooms.get(name);
    if (room === undefined) return { members: [] };
    const members: StoredMember[] = [];
    for (const entry of room.entries.values()) {
      entry.owner ??= worker;
      if (entry.owner === worker) members.push(entry.member);
    }
    const unlisted = [...room.unlisted.values()];
    room.unlisted.clear();
    const listed = await this.#presence.list(name);
    const present = listed.map(({ user }) => user).filter((user) => user !== undefined);
    return { members, present, unlisted };
  }

  async #write(name: string, changes: readonly MembershipChange[], worker: string): Promise<void> {
    const own = changes.filter((change) => {
      const id = change.type === 'put' ? change.member.id : change.id;
      const owner = this.#rooms.get(name)?.entries.get(id)?.owner;
      return owner === undefined || owner === worker;
    });
    // At once: a worker that ends while it is written leaves it behind. What fails is written again.
    for (const change of own) {
      if (change.type === 'put') this.#put(name, change.member, worker);
      else this.#remove(name, change.id);
    }
    if (own.length > 0) await this.#store.write(name, own);
  }

  #put(name: string, member: StoredMember, owner: string | undefined): void {
    const room = this.#roomOf(name);
    const before = room.entries.get(member.id);
    room.entries.set(member.id, { member, owner });
    if (member.awaySince === undefined) room.away.delete(member.id);
    else room.away.set(member.id, member);
    this.#noteAway(name, before?.member.user);
    this.#noteAway(name, member.user);
  }

  #remove(name: string, id: string): void {
    const room = this.#rooms.get(name);
    const entry = room?.entries.get(id);
    if (room === undefined || entry === undefined) return;
    room.entries.delete(id);
    room.away.delete(id);
    this.#noteAway(name, entry.member.user);
    if (room.entries.size === 0) this.#rooms.delete(name);
  }

  #noteAway(name: string, user: string | undefined): void {
    if (user === undefined) return;
    const away = [...(this.#rooms.get(name)?.away.values() ?? [])];
    const rooms = this.#awayIn.get(user) ?? new Set();
    if (away.some((member) => member.user === user)) rooms.add(name);
    else rooms.delete(name);
    if (rooms.size > 0) this.#awayIn.set(user, rooms);
    else this.#awayIn.delete(user);
  }

  #roomOf(name: string): KnownRoom {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = new KnownRoom();
      this.#rooms.set(name, room);
    }
    return room;
  }
}

function toStored({ id, user, joinedAt }: PresentMember): StoredMember {
  return user === undefined ? { id, joinedAt } : { id, user, joinedAt };
}
