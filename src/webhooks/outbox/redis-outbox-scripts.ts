/**
 * The scripts of the outbox in Redis. Each is harmless when it is run again, so a call whose answer was lost is repeated.
 * An outbox is a sorted set of events; their scores are their order.
 */

import type { RedisScript } from '../../redis/redis.ts';

/** How long events stay that no node looks after any more: longer than any event is retried, in milliseconds. */
const LEFT_MS = 31 * 24 * 60 * 60 * 1000;

const KEEP = `
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ${LEFT_MS})
redis.call('PEXPIRE', KEYS[2], ${LEFT_MS})
`;

/**
 * Adds events, then removes those that are taken. KEYS: the nodes with an outbox, and that of this node. ARGV: the node, the
 * score of the first event, the number of events, the events, then the first and last score of what is removed, in turn.
 */
export const WRITE: RedisScript = {
  name: 'outbox.write',
  text: `
local first, count = tonumber(ARGV[2]), tonumber(ARGV[3])
for index = 1, count do redis.call('ZADD', KEYS[2], first + index - 1, ARGV[3 + index]) end
for index = 4 + count, #ARGV, 2 do redis.call('ZREMRANGEBYSCORE', KEYS[2], ARGV[index], ARGV[index + 1]) end
${KEEP}`,
};

/**
 * Moves the oldest events of another outbox. KEYS: as above, and the other outbox. ARGV: the node, the other node, how many
 * events at most, and the score that the first one gets: what is there from an earlier try is returned and nothing is moved.
 * When the other outbox is empty, its node is forgotten. Returns whether it was forgotten now, and the events.
 */
export const MOVE: RedisScript = {
  name: 'outbox.move',
  text: `
local most, first = tonumber(ARGV[3]), tonumber(ARGV[4])
local moved = redis.call('ZRANGE', KEYS[2], first, first + most - 1, 'BYSCORE')
if #moved > 0 then return { 0, moved } end
moved = redis.call('ZRANGE', KEYS[3], 0, most - 1)
for index, event in ipairs(moved) do redis.call('ZADD', KEYS[2], first + index - 1, event) end
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, most - 1)
local forgotten = 0
if redis.call('EXISTS', KEYS[3]) == 0 then forgotten = redis.call('SREM', KEYS[1], ARGV[2]) end
${KEEP}
return { forgotten, moved }`,
};

/**
 * Notes whether a room is occupied. KEYS: as above, and the rooms that are occupied. ARGV: the node, SADD or SREM, the room,
 * and if the receiver is to be told, the score of the event and the event. Returns whether it was news.
 */
export const SETTLE: RedisScript = {
  name: 'outbox.settle',
  text: `
if ARGV[5] and redis.call('ZSCORE', KEYS[2], ARGV[5]) then return 1 end
local changed = redis.call(ARGV[2], KEYS[3], ARGV[3])
if changed == 1 and ARGV[5] then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5]) end
${KEEP}
return changed`,
};

/** To be loaded by the connection that outboxes are given. */
export const OUTBOX_SCRIPTS: readonly RedisScript[] = [WRITE, MOVE, SETTLE];
