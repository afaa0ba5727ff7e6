/** The scripts of the store in Redis. Redis runs each as a whole, so processes do not disturb each other. */

import { LATENCY_BOUNDS_MS, type StatCounts } from './stat-counts.ts';

/**
 * Adds counts to a hash from keys to counts. KEYS: the hash. ARGV: the most fields, then field and counts in turn. A
 * new field is dropped when the hash is full. The sum is that of `addCounts`.
 */
export const ADD_SCRIPT = `
local function numbers(text)
  local found = {}
  for number in string.gmatch(text, '%S+') do found[#found + 1] = tonumber(number) end
  return found
end

local left = tonumber(ARGV[1]) - redis.call('HLEN', KEYS[1])
for index = 2, #ARGV, 2 do
  local field, added = ARGV[index], ARGV[index + 1]
  local known = redis.call('HGET', KEYS[1], field)
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
    redis.call('HSET', KEYS[1], field, table.concat(sum, ' '))
  elseif left > 0 then
    redis.call('HSET', KEYS[1], field, added)
    left = left - 1
  end
end
return left
`;

/** Removes and returns fields with their counts, in turn. KEYS: the hash. ARGV: the most of them. */
export const TAKE_SCRIPT = `
local taken = redis.call('HRANDFIELD', KEYS[1], ARGV[1], 'WITHVALUES')
for index = 1, #taken, 2 do redis.call('HDEL', KEYS[1], taken[index]) end
return taken
`;

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
