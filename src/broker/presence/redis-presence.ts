/**
 * The presence in Redis: a hash of the members of each room, a sorted set of the times until which they are present, by the
 * clock of Redis, and a hash of how many connections each user has. An entry names the lease of its node: what a dead
 * node has left is removed by whoever takes its rooms over (storage/redis).
 */

import { DueCalls } from '../../redis/due-calls.ts';
import type { RedisKeys } from '../../redis/keys.ts';
import type { NodeLease } from '../../redis/node-lease.ts';
import { decodeEntry, encodeEntry, PRESENCE_LUA } from '../../redis/presence-entry.ts';
import type { Redis, RedisScript } from '../../redis/redis.ts';
import type { Presence, PresenceStats, PresentMember } from './presence.ts';

/** How long a member is listed without being refreshed. */
const TTL_MS = 60_000;
/** Keys of a room whose nodes are all gone are kept for so many times the life of a member. */
const LIVES = 2;
/** Members read in one call. */
const PAGE = 500;

export interface RedisPresenceInput {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  readonly lease: Pick<NodeLease, 'id' | 'enter'>;
  /** Default 60,000. */
  readonly ttlMs?: number | undefined;
}

/**
 * Lists a member. ARGV: life, life of the keys, capacity or '', id, entry. Answers 0 when the room is full.
 */
const ADD: RedisScript = {
  name: 'presence.add',
  text: `${PRESENCE_LUA}
local known = redis.call('HGET', here, ARGV[4])
if not known and ARGV[3] ~= '' then
  local capacity = tonumber(ARGV[3])
  if seats() >= capacity then purge(1000) end
  if seats() >= capacity then return 0 end
end
if known ~= ARGV[5] then
  if known then count(known, -1) end
  redis.call('HSET', here, ARGV[4], ARGV[5])
  count(ARGV[5], 1)
end
redis.call('ZADD', untils, now() + ARGV[1], ARGV[4])
keep(ARGV[2])
return 1
`,
};

const REMOVE: RedisScript = { name: 'presence.remove', text: `${PRESENCE_LUA} drop(ARGV[1])` };

/** ARGV: life, life of the keys, and id and entry of each member. */
const REFRESH: RedisScript = {
  name: 'presence.refresh',
  text: `${PRESENCE_LUA}
local ids, scores = {}, {}
local deadline = now() + ARGV[1]
for at = 3, #ARGV, 2 do
  ids[#ids + 1] = ARGV[at]
  scores[#scores + 1] = deadline
  scores[#scores + 1] = ARGV[at]
end
local known = redis.call('HMGET', here, unpack(ids))
for at, id in ipairs(ids) do
  local entry = ARGV[2 + 2 * at]
  if known[at] ~= entry then
    if known[at] then count(known[at], -1) end
    redis.call('HSET', here, id, entry)
    count(entry, 1)
  end
end
redis.call('ZADD', untils, unpack(scores))
keep(ARGV[2])
`,
};

/** Removes those whose time is over, 1,000 at most. Answers how many were removed, and the numbers of those who are left. */
const COUNT: RedisScript = {
  name: 'presence.count',
  text: `${PRESENCE_LUA}
local gone = purge(1000)
local outside = redis.call('HGET', users, OUTSIDE)
return { gone, redis.call('HLEN', here), redis.call('HLEN', users) - (outside and 1 or 0) }
`,
};

/** Removed in one call. */
const PURGED_A_CALL = 1_000;

export function createRedisPresence(input: RedisPresenceInput): Presence {
  return new RedisPresence(input);
}

class RedisPresence implements Presence {
  readonly ttlMs: number;
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #lease: RedisPresenceInput['lease'];
  readonly #removals: DueCalls;

  constructor({ redis, keys, lease, ttlMs = TTL_MS }: RedisPresenceInput) {
    this.ttlMs = ttlMs;
    this.#redis = redis;
    this.#keys = keys;
    this.#lease = lease;
    this.#removals = new DueCalls(redis);
  }

  async add(room: string, member: PresentMember, capacity?: number): Promise<void | 'full'> {
    const entry = this.#encode(member);
    this.#removals.forget(`${room}\n${member.id}`);
    // In the same turn: calls about one room take effect in their order.
    const entering = this.#lease.enter(room);
    const adding = this.#redis.run(ADD, this.#keysOf(room), [
      ...this.#lives(),
      capacity === undefined ? '' : String(capacity),
      member.id,
      entry,
    ]);
    const [added] = await Promise.all([adding, entering]);
    if (added === 0) return 'full';
  }

  async remove(room: string, id: string): Promise<void> {
    const remove = () => this.#redis.run(REMOVE, this.#keysOf(room), [id]);
    await this.#removals.make(`${room}\n${id}`, this.#keys.here(room), remove);
  }

  async refresh(room: string, members: readonly PresentMember[]): Promise<void> {
    if (members.length === 0) return;
    const entries = members.flatMap((member) => [member.id, this.#encode(member)]);
    await this.#redis.run(REFRESH, this.#keysOf(room), [...this.#lives(), ...entries]);
  }

  async list(room: string): Promise<readonly PresentMember[]> {
    await this.stats(room);
    const key = this.#keys.here(room);
    const members = new Map<string, PresentMember>();
    let cursor = '0';
    do {
      const [next, page] = (await this.#redis.command(key, [
        'HSCAN',
        key,
        cursor,
        'COUNT',
        String(PAGE),
      ])) as readonly [string, readonly string[]];
      // One that is met twice is the same one.
      for (let at = 0; at < page.length; at += 2) {
        const member = decodeEntry(page[at + 1]!) as PresentMember | undefined;
        if (member !== undefined) members.set(page[at]!, member);
      }
      cursor = next;
    } while (cursor !== '0');
    return [...members.values()];
  }

  async stats(room: string): Promise<PresenceStats> {
    for (;;) {
      const [gone, connections, users] = (await this.#redis.run(
        COUNT,
        this.#keysOf(room),
        [],
      )) as readonly number[];
      if (gone! < PURGED_A_CALL) return { connections: connections!, users: users! };
    }
  }

  close(): void {}

  #keysOf(room: string): string[] {
    const keys = this.#keys;
    return [keys.here(room), keys.until(room), keys.users(room)];
  }

  #lives(): [string, string] {
    return [String(this.ttlMs), String(LIVES * this.ttlMs)];
  }

  #encode(member: PresentMember): string {
    return encodeEntry(this.#lease.id, member);
  }
}
