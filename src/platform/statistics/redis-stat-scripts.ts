/** The scripts of the store in Redis. Redis runs each as a whole, so processes do not disturb each other. */

import type { RedisScript } from '../../redis/redis.ts';
import { LATENCY_BOUNDS_MS, type StatCounts } from './stat-counts.ts';

/** How long Redis remembers what it did, for a call that is made again because its answer was missed. */
const REMEMBERED_SECONDS = 600;

/**
 * `add(key, pairs, first, left)`: adds the field and counts from the place `first` on to a hash. At most `left` new fields
 * are made; further ones are dropped. The sum is that of `addCounts`.
 */
const ADD_FUNCTION = `
local function numbers(text)
  local found = {}
  for number in string.gmatch(text, '%S+') do found[#found + 1] = tonumber(number) end
  return found
end

local function add(key, pairs, first, left)
  for index = first, #pairs, 2 do
    local field, added = pairs[index], pairs[index + 1]
    local known = redis.call('HGET', key, field)
    if known then
      local old, new, sum = numbers(known), numbers(added), {}
      for place = 1, #new do
        local total = old[place] + new[place]
        if place == 5 then
          if old[1] == 0 then total = new[5]
          elseif new[1] == 0 then total = old[5]
          else total = math.min(old[5], new[5]) end
        elseif place == 6 then
          total = math.max(old[6], new[6])
        end
        sum[place] = string.format('%.0f', total)
      end
      redis.call('HSET', key, field, table.concat(sum, ' '))
    elseif left > 0 then
      redis.call('HSET', key, field, added)
      left = left - 1
    end
  end
end
`;

/**
 * Adds counts to a hash from keys to counts, unless it did so before. KEYS: the hash, and the mark of this batch. ARGV: the
 * most fields, then field and counts in turn.
 */
export const ADD_SCRIPT: RedisScript = {
  name: 'statistics.add',
  text: `${ADD_FUNCTION}
if redis.call('EXISTS', KEYS[2]) == 1 then return end
add(KEYS[1], ARGV, 2, tonumber(ARGV[1]) - redis.call('HLEN', KEYS[1]))
redis.call('SET', KEYS[2], 1, 'EX', ${REMEMBERED_SECONDS})
`,
};

/**
 * Removes and returns fields with their counts, in turn. KEYS: the hash, and the last take of this store: a list of its
 * number and of what it returned. ARGV: the most fields, the number of this take, which grows, and the number of the last
 * one that was answered. What was returned after that reached nobody, so it is put back first. A take that comes after a
 * later one takes nothing: nobody waits for it any more.
 */
export const TAKE_SCRIPT: RedisScript = {
  name: 'statistics.take',
  text: `${ADD_FUNCTION}
local number, answered = tonumber(ARGV[2]), tonumber(ARGV[3])
local last = redis.call('LRANGE', KEYS[2], 0, -1)
local known = tonumber(last[1] or 0)
if number <= known then return {} end
if known > answered then add(KEYS[1], last, 2, math.huge) end
local taken = redis.call('HRANDFIELD', KEYS[1], ARGV[1], 'WITHVALUES')
redis.call('DEL', KEYS[2])
redis.call('RPUSH', KEYS[2], number)
for index = 1, #taken, 2 do
  redis.call('HDEL', KEYS[1], taken[index])
  redis.call('RPUSH', KEYS[2], taken[index], taken[index + 1])
end
redis.call('EXPIRE', KEYS[2], ${REMEMBERED_SECONDS})
return taken
`,
};

/** Counts as the scripts know them: numbers in a fixed order, the least time as the fifth, the longest as the sixth. */
export function toText({
  succeeded,
  timedOut,
  failed,
  totalMs,
  minMs,
  maxMs,
  latencies,
}: StatCounts): string {
  return [succeeded, timedOut, failed, totalMs, minMs, maxMs, ...latencies].join(' ');
}

/** @throws {RangeError} for a text that is none of these. */
export function toCounts(text: string): StatCounts {
  const numbers = text.split(' ').map(Number);
  const [succeeded = 0, timedOut = 0, failed = 0, totalMs = 0, minMs = 0, maxMs = 0, ...latencies] = numbers;
  if (latencies.length !== LATENCY_BOUNDS_MS.length || !numbers.every(Number.isSafeInteger)) {
    throw new RangeError('the statistics in Redis are not those of this version');
  }
  return { succeeded, timedOut, failed, totalMs, minMs, maxMs, latencies };
}
