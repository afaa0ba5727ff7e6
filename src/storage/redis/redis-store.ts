/**
 * The store in Redis, which several servers share: a hash for each room, and for each user the places where the user is
 * away. Which records are this server's is decided by its lease.
 */

import type { RedisKeys } from '../../redis/keys.ts';
import type { Leases, NodeLease } from '../../redis/node-lease.ts';
import { decodeEntry } from '../../redis/presence-entry.ts';
import { RedisDownError, type Redis } from '../../redis/redis.ts';
import type {
  LoadedRoom,
  MembershipChange,
  MembershipStore,
  RoomList,
  StoredMember,
  UnlistedMember,
} from '../membership-store.ts';
import { decodeMember, encodeMember } from './redis-member.ts';
import { TAKE_OVER, WRITE } from './roster-scripts.ts';

/** Records read in one call. */
const PAGE = 500;

export interface RedisStoreInput {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  /** The id of the node. */
  readonly node: string;
  readonly lease: NodeLease;
}

/** What a write has come to: members left in the room, who is away no more, and changes to records of other nodes. */
interface Written {
  readonly left: number;
  readonly back: readonly string[];
  readonly others: number;
}

/** `close` ends the lease: others take over at once what this server has written. */
export function createRedisMembershipStore(input: RedisStoreInput): MembershipStore {
  return new RedisMembershipStore(input);
}

class RedisMembershipStore implements MembershipStore {
  readonly #input: RedisStoreInput;
  readonly #onOrphaned = new Set<(rooms: readonly string[]) => void>();
  readonly #onLost = new Set<() => void>();
  readonly #onEmptied = new Set<() => void>();
  readonly #stopListening: () => void;

  constructor(input: RedisStoreInput) {
    this.#input = input;
    input.lease.add({
      onRooms: (rooms) => {
        for (const listener of this.#onOrphaned) listener(rooms);
      },
      onLost: () => {
        for (const listener of this.#onLost) listener();
      },
      onEmptied: () => this.#tellEmptied(),
    });
    this.#stopListening = input.redis.onRestored((restored) => {
      // Where several servers have the rooms between them, the lease tells it of one of them.
      if (restored.isEmptied === true && !restored.affects(input.keys.nodes)) this.#tellEmptied();
    });
  }

  async rooms(): Promise<RoomList> {
    const { redis, keys, lease } = this.#input;
    try {
      await lease.takeRoomsNow();
      const key = keys.roomsOf(lease.id);
      return { rooms: (await redis.command(key, ['SMEMBERS', key])) as string[] };
    } catch (error) {
      // The server starts without it. Orphans are told of when it is there.
      if (error instanceof RedisDownError) return { rooms: [] };
      throw error;
    }
  }

  async load(room: string): Promise<LoadedRoom> {
    await this.#input.lease.begin();
    // Only one node is told of the orphans of a room.
    if (!this.#input.lease.hasRoom(room)) return { members: [] };
    const unlisted = (await this.#takeOver(room, 'presence')) as string[];
    const records = (await this.#takeOver(room, 'roster')) as (string | number)[];
    const members = new Map<string, StoredMember>();
    const present = new Set<string>();
    for (let at = 0; at < records.length; at += 3) {
      const id = String(records[at]);
      const member = decodeMember(id, String(records[at + 1]));
      if (member === undefined) continue;
      members.set(id, member);
      if (records[at + 2] === 1 && member.user !== undefined) present.add(member.user);
    }
    return {
      members: [...members.values()],
      ...(present.size > 0 && { present: [...present] }),
      ...(unlisted.length > 0 && { unlisted: unlisted.map((entry) => decodeEntry(entry) as UnlistedMember) }),
    };
  }

  async write(room: string, changes: readonly MembershipChange[]): Promise<void> {
    if (changes.length === 0) return;
    const { keys, lease } = this.#input;
    await lease.begin();
    const own = lease.id;
    // Before the first record: whoever takes over this node finds all of its rooms.
    await lease.enter(room);
    await this.#index(room, changes);
    const roster = keys.roster(room);
    const args = changes.flatMap((change) =>
      change.type === 'put' ? [change.member.id, encodeMember(own, change.member)] : [change.id, ''],
    );
    const written = await this.#apply(roster, args, { newest: 0, living: [] });
    this.#unindex(room, written.back);
    // Many leases may live: they are told only where it matters.
    const { left } = written.others === 0 ? written : await this.#applyToDead(room, roster, args);
    if (left === 0) lease.leave(room);
  }

  onOrphaned(listener: (rooms: readonly string[]) => void): () => void {
    const end = this.#input.lease.takeRooms();
    this.#onOrphaned.add(listener);
    return () => {
      this.#onOrphaned.delete(listener);
      end();
    };
  }

  onLost(listener: () => void): () => void {
    this.#onLost.add(listener);
    return () => void this.#onLost.delete(listener);
  }

  onEmptied(listener: () => void): () => void {
    this.#onEmptied.add(listener);
    return () => void this.#onEmptied.delete(listener);
  }

  async awayMembers(room: string): Promise<readonly StoredMember[]> {
    const { redis, keys } = this.#input;
    const key = keys.roster(room);
    const members = new Map<string, StoredMember>();
    let cursor = '0';
    do {
      const words = ['HSCAN', key, cursor, 'COUNT', String(PAGE)];
      const [next, page] = (await redis.command(key, words)) as [string, string[]];
      for (let at = 0; at < page.length; at += 2) {
        const member = decodeMember(page[at]!, page[at + 1]!);
        if (member?.awaySince !== undefined) members.set(member.id, member);
      }
      cursor = next;
    } while (cursor !== '0');
    return [...members.values()];
  }

  async awayIn(user: string): Promise<readonly string[]> {
    const { redis, keys } = this.#input;
    const key = keys.away(user);
    const places = (await redis.command(key, ['SMEMBERS', key])) as string[];
    const rooms = await Promise.all(
      places.map(async (place) => {
        const [id, room] = JSON.parse(place) as [string, string];
        const roster = keys.roster(room);
        const value = (await redis.command(roster, ['HGET', roster, id])) as string | null;
        const member = value === null ? undefined : decodeMember(id, value);
        if (member?.awaySince !== undefined && member.user === user) return room;
        // The node that has written it has ended before it could correct it.
        this.#forget(key, ['SREM', key, place]);
        return undefined;
      }),
    );
    return [...new Set(rooms.filter((room) => room !== undefined))];
  }

  close(): Promise<void> {
    this.#stopListening();
    return this.#input.lease.end();
  }

  #tellEmptied(): void {
    for (const listener of this.#onEmptied) listener();
  }

  async #apply(roster: string, changes: readonly string[], { newest, living }: Leases): Promise<Written> {
    const args = [this.#input.node, String(newest), String(living.length), ...living, ...changes];
    const [left, back, others] = (await this.#input.redis.run(WRITE, [roster], args)) as [
      number,
      string[],
      number,
    ];
    return { left, back, others };
  }

  /** Applies changes again, also to records whose nodes have no lease any more. */
  async #applyToDead(room: string, roster: string, changes: readonly string[]): Promise<Written> {
    const written = await this.#apply(roster, changes, this.#input.lease.leases);
    this.#unindex(room, written.back);
    return written;
  }

  /** All that one phase of taking over finds, page by page. */
  async #takeOver(room: string, phase: 'presence' | 'roster'): Promise<unknown[]> {
    const { redis, keys, lease } = this.#input;
    const { newest, living } = lease.leases;
    const own = lease.id;
    const names = [keys.here(room), keys.until(room), keys.users(room), keys.roster(room)];
    const found: unknown[] = [];
    let cursor = '0';
    do {
      const args = [own, String(newest), phase, cursor, String(PAGE), own, ...living];
      const [next, page] = (await redis.run(TAKE_OVER, names, args)) as [string, unknown[]];
      for (const one of page) found.push(one);
      cursor = next;
    } while (cursor !== '0');
    return found;
  }

  /** Before the record: a record of somebody who is away is always found by its user. */
  async #index(room: string, changes: readonly MembershipChange[]): Promise<void> {
    const { redis, keys } = this.#input;
    const added = changes.map(async (change) => {
      if (change.type === 'remove') return;
      const { id, user, awaySince } = change.member;
      if (user === undefined || awaySince === undefined) return;
      await redis.command(keys.away(user), ['SADD', keys.away(user), JSON.stringify([id, room])]);
    });
    await Promise.all(added);
  }

  /** @param back users, as JSON, and ids */
  #unindex(room: string, back: readonly string[]): void {
    for (let at = 0; at < back.length; at += 2) {
      const key = this.#input.keys.away(JSON.parse(back[at]!) as string);
      this.#forget(key, ['SREM', key, JSON.stringify([back[at + 1], room])]);
    }
  }

  /** What is left there by a failure is noticed when it is read. */
  #forget(key: string, words: readonly string[]): void {
    this.#input.redis.command(key, words).catch(() => undefined);
  }
}
