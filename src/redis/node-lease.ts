/**
 * The lease of a node: as long as it is renewed, what the node has stored is its own. What nodes without a lease have
 * left is taken up by one of the others. It knows which rooms that are, and not what is in them.
 */

import { randomUUID } from 'node:crypto';
import { startQuietTimer, type Clock } from '../system/clock.ts';
import type { RedisKeys } from './keys.ts';
import { RedisDownError, type Redis, type RedisReply, type RedisScript } from './redis.ts';

/** How often a lease is renewed. */
const LEASE_BEAT_MS = 3_000;
/** How long a lease lasts without being renewed. */
const LEASE_LIFE_MS = 9_000;
/** Rooms taken up at a time: the nodes share many of them. */
const ROOMS_A_BEAT = 500;

export interface NodeLeaseInput {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  /** The id of the node, without spaces. */
  readonly node: string;
  readonly clock: Clock;
  /** How often the lease is renewed, in milliseconds. Default 3,000. */
  readonly beatMs?: number | undefined;
  /** How long it lasts without that, in milliseconds. Default 9,000. */
  readonly lifeMs?: number | undefined;
}

interface LeaseListener {
  /** This node looks after these rooms from now on, whose nodes have no lease any more. */
  onRooms(rooms: readonly string[]): void;
  /** The lease had run out, and others look after the rooms of this node. It has a new lease. */
  onLost(): void;
  /** Redis has lost everything. The node has a new lease. */
  onEmptied(): void;
}

/** Leases that are there, or were a moment ago. A lease that is not renewed in time never comes back. */
export interface Leases {
  /** The number of the newest lease that is known. */
  readonly newest: number;
  readonly living: readonly string[];
}

/**
 * Renews a lease, and moves what the nodes have left whose leases have run out to the rooms that nobody looks after.
 * KEYS: nodes, leases, orphans. ARGV: lease or '', node, life, whether others may be ended, most rooms to take,
 * beginning of the names of the sets of rooms, an id for what is kept in Redis, whether the rooms that were taken last are
 * known to the node. If not, they are told again.
 */
const BEAT: RedisScript = {
  name: 'lease.beat',
  text: `
local nodes, leases, orphans = KEYS[1], KEYS[2], KEYS[3]
local lease, node, life, sets = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[6]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSETNX', leases, 'data', ARGV[7])
local data = redis.call('HGET', leases, 'data')
local known = 'none'
if lease ~= '' then
  local ends = redis.call('ZSCORE', nodes, lease)
  if ends then known = tonumber(ends) > now and 'valid' or 'late' end
end
if known == 'none' then
  lease = redis.call('HINCRBY', leases, 'leases', 1) .. ':' .. node
end
redis.call('ZADD', nodes, now + life, lease)
-- Only where this node was there all the time: Redis may have been away for all of them.
if ARGV[4] == '1' and known == 'valid' then
  for _, dead in ipairs(redis.call('ZRANGEBYSCORE', nodes, '-inf', now)) do
    redis.call('ZREM', nodes, dead)
    redis.call('SUNIONSTORE', orphans, orphans, sets .. dead)
    redis.call('DEL', sets .. dead, sets .. dead .. ':new')
  end
end
local taken = sets .. lease .. ':new'
if ARGV[8] == '1' then redis.call('DEL', taken) end
if tonumber(ARGV[5]) > 0 then
  local rooms = redis.call('SPOP', orphans, ARGV[5])
  if #rooms > 0 then
    redis.call('SADD', sets .. lease, unpack(rooms))
    redis.call('SADD', taken, unpack(rooms))
  end
end
local rooms = redis.call('SMEMBERS', taken)
return { known, lease, data, redis.call('HGET', leases, 'leases'), redis.call('ZRANGE', nodes, 0, -1), rooms }
`,
};

/** Ends a lease. KEYS: nodes, orphans, the rooms of the lease, those that were taken last. ARGV: lease. */
const END: RedisScript = {
  name: 'lease.end',
  text: `
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('SUNIONSTORE', KEYS[2], KEYS[2], KEYS[3])
redis.call('DEL', KEYS[3], KEYS[4])
return redis.call('SCARD', KEYS[2])
`,
};

export class NodeLease {
  readonly #input: NodeLeaseInput;
  readonly #beatMs: number;
  readonly #lifeMs: number;
  readonly #listeners: LeaseListener[] = [];
  /** The rooms that this node looks after; a promise while Redis has yet to answer. */
  readonly #rooms = new Map<string, 'entered' | Promise<void>>();
  readonly #stopListening: () => void;
  #id: string | undefined;
  #leases: Leases = { newest: 0, living: [] };
  /** What Redis calls all that it keeps: another id means that it has lost everything. */
  #data: string | undefined;
  /** When the beat was sent that has renewed the lease last, by the monotonic clock. */
  #renewedAt = -Infinity;
  /** How many beats in a row have met a lease that was valid. Others are ended only when Redis was there all the time. */
  #steady = 0;
  #takesRooms = false;
  /** Whether the last beat was answered. */
  #isAnswered = false;
  /** Whether this node hears of nodes that end. */
  #hearsEnds = false;
  #beating: Promise<void> | undefined;
  #timer: unknown;
  #isOver = false;
  #ending: Promise<void> | undefined;

  constructor(input: NodeLeaseInput) {
    this.#input = input;
    this.#beatMs = input.beatMs ?? LEASE_BEAT_MS;
    this.#lifeMs = input.lifeMs ?? LEASE_LIFE_MS;
    this.#stopListening = input.redis.onRestored(() => this.#beatQuietly());
  }

  /** @throws {RedisDownError} while it is not certain that the lease is valid. */
  get id(): string {
    const isValid = this.#input.clock.monotonic() - this.#renewedAt < this.#lifeMs;
    if (this.#id === undefined || !isValid) throw new RedisDownError('this node has no lease in Redis now');
    return this.#id;
  }

  get leases(): Leases {
    return this.#leases;
  }

  /** It is told of what comes of the beats. */
  add(listener: LeaseListener): void {
    this.#listeners.push(listener);
  }

  /** Makes sure that there is a lease. It rejects as Redis does; the lease is tried for again then. */
  async begin(): Promise<this> {
    if (this.#id === undefined) await this.beat();
    return this;
  }

  /** Whether this node looks after a room. */
  hasRoom(room: string): boolean {
    return this.#rooms.has(room);
  }

  /** Looks after a room: whoever takes over this node finds it. Undefined when this is so already; rejects as Redis does. */
  enter(room: string): Promise<void> | undefined {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known === 'entered' ? undefined : known;
    const { redis, keys } = this.#input;
    const key = keys.roomsOf(this.id);
    const entering = redis.command(key, ['SADD', key, room]).then(
      () => {
        if (this.#rooms.get(room) === entering) this.#rooms.set(room, 'entered');
      },
      (error: unknown) => {
        if (this.#rooms.get(room) === entering) this.#rooms.delete(room);
        throw error;
      },
    );
    this.#rooms.set(room, entering);
    return entering;
  }

  /** This node has nothing in the room any more. */
  leave(room: string): void {
    if (!this.#rooms.delete(room)) return;
    const { redis, keys } = this.#input;
    const key = keys.roomsOf(this.id);
    // Whoever finds the room then finds nothing in it.
    redis.command(key, ['SREM', key, room]).catch(() => undefined);
  }

  /** Takes up rooms that nobody looks after, from now on. Returns what ends that. */
  takeRooms(): () => void {
    this.#takesRooms = true;
    this.#beatQuietly();
    return () => {
      this.#takesRooms = false;
    };
  }

  /** Takes up the rooms that nobody looks after now. It rejects as Redis does. */
  async takeRoomsNow(): Promise<void> {
    await this.#beating?.catch(() => undefined);
    this.#takesRooms = true;
    try {
      await this.beat();
    } finally {
      this.#takesRooms = false;
    }
  }

  /** Renews the lease now. */
  beat(): Promise<void> {
    this.#beating ??= this.#beatOnce().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  /** Ends the lease, once: others may look after the rooms of this node. */
  end(): Promise<void> {
    this.#ending ??= this.#end().catch((error: unknown) => {
      // It runs out by itself.
      if (!(error instanceof RedisDownError)) throw error;
    });
    return this.#ending;
  }

  async #end(): Promise<void> {
    const { redis, keys, clock } = this.#input;
    this.#isOver = true;
    this.#stopListening();
    await this.#beating?.catch(() => undefined);
    clock.clearTimeout(this.#timer);
    const id = this.#id;
    this.#id = undefined;
    if (id === undefined) return;
    if (this.#hearsEnds) await redis.unsubscribe(keys.ended);
    const rooms = keys.roomsOf(id);
    await redis.run(END, [keys.nodes, keys.orphans, rooms, newOf(rooms)], [id]);
    await redis.publish(keys.ended, id);
  }

  #beatQuietly(): void {
    // The next beat comes by itself; that Redis is away is told by others.
    if (!this.#isOver) this.beat().catch(() => undefined);
  }

  async #beatOnce(): Promise<void> {
    const { clock } = this.#input;
    clock.clearTimeout(this.#timer);
    try {
      let left = true;
      while (left) left = (await this.#renew()) >= ROOMS_A_BEAT;
      this.#hearEnds();
    } catch (error) {
      this.#steady = 0;
      this.#isAnswered = false;
      throw error;
    } finally {
      if (!this.#isOver) this.#timer = startQuietTimer(clock, () => this.#beatQuietly(), this.#beatMs);
    }
  }

  /** Returns how many rooms it has taken up. */
  async #renew(): Promise<number> {
    const { redis, keys, node, clock } = this.#input;
    const sentAt = clock.monotonic();
    // With its first lease, a node takes up what an earlier run of it may have left.
    const takesRooms = this.#takesRooms || this.#id === undefined;
    const mayEndOthers = this.#steady * this.#beatMs >= this.#lifeMs;
    const reply = (await redis.run(
      BEAT,
      [keys.nodes, keys.leases, keys.orphans],
      [
        this.#id ?? '',
        node,
        String(this.#lifeMs),
        mayEndOthers ? '1' : '0',
        takesRooms ? String(ROOMS_A_BEAT) : '0',
        keys.roomsOf(''),
        randomUUID(),
        this.#isAnswered ? '1' : '0',
      ],
    )) as BeatReply;
    this.#isAnswered = true;
    this.#renewedAt = sentAt;
    return this.#take(reply);
  }

  #take([known, id, data, newest, living, rooms]: BeatReply): number {
    const hadLease = this.#id !== undefined;
    const isEmptied = this.#data !== undefined && this.#data !== data;
    this.#id = id;
    this.#data = data;
    this.#leases = { newest: Number(newest), living };
    this.#steady = known === 'valid' ? this.#steady + 1 : 0;
    if (hadLease && known === 'none') this.#rooms.clear();
    for (const room of rooms) this.#rooms.set(room, 'entered');
    for (const listener of this.#listeners) {
      if (isEmptied) listener.onEmptied();
      else if (hadLease && known === 'none') listener.onLost();
      if (rooms.length > 0) listener.onRooms(rooms);
    }
    return rooms.length;
  }

  #hearEnds(): void {
    if (!this.#takesRooms || this.#hearsEnds || this.#isOver) return;
    const { redis, keys } = this.#input;
    this.#hearsEnds = true;
    redis
      .subscribe(keys.ended, () => this.#beatQuietly())
      .catch(() => {
        this.#hearsEnds = false;
      });
  }
}

/** The leases that have not run out. KEYS: nodes. */
const LIVING: RedisScript = {
  name: 'lease.living',
  text: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf')`,
};

/** The leases that are valid now: newer than what a node has heard with its last beat. */
export async function readLeases(redis: Pick<Redis, 'run'>, keys: RedisKeys): Promise<readonly string[]> {
  return (await redis.run(LIVING, [keys.nodes], [])) as readonly string[];
}

/** The id of the node that has a lease. */
export function nodeOfLease(lease: string): string {
  return lease.slice(lease.indexOf(':') + 1);
}

/** The rooms that a node has taken up last, which it may not know of yet. */
function newOf(rooms: string): string {
  return `${rooms}:new`;
}

type BeatReply = readonly RedisReply[] &
  readonly [
    known: 'valid' | 'late' | 'none',
    id: string,
    data: string,
    newest: string,
    living: readonly string[],
    rooms: readonly string[],
  ];
