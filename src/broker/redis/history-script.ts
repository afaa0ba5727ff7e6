/** The script that reads what a stream keeps, together with its position. A room without a stream gets one. */

import type { RedisScript } from '../../redis/redis.ts';

/**
 * Keys: the position, the stream. Arguments: the epoch if one begins; the life of the position; the epoch and the offset
 * since which is read, both empty for all; how many publications at most, or nothing; `1` for the latest first; epoch, offset
 * and time of what the node has heard last. If that is not in the stream, Redis has lost the end of the stream, and an epoch
 * begins.
 *
 * Answer: the epoch, the offset, the entries of the stream.
 */
export const HISTORY_SCRIPT: RedisScript = {
  name: 'history',
  text: `
local pos, stream = KEYS[1], KEYS[2]
local since, limit, reverse = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'
local known = redis.call('HMGET', pos, 'e', 'o')
local epoch, top = known[1], tonumber(known[2] or '0')
if not epoch then
  -- The position was evicted: what the stream keeps has no place in the new epoch.
  redis.call('DEL', stream)
  epoch = ARGV[1]
  redis.call('HSET', pos, 'e', epoch, 'o', 0)
  redis.call('PEXPIRE', pos, ARGV[2])
  return {epoch, 0, {}}
end
if epoch == ARGV[7] then
  local heard = tonumber(ARGV[8])
  local entry = heard <= top and ARGV[9] ~= '0' and redis.call('XRANGE', stream, ARGV[8], ARGV[8])[1]
  if heard > top or (entry and entry[2][2] ~= ARGV[9]) then
    epoch = ARGV[1]
    redis.call('HSET', pos, 'e', epoch)
  end
end
if limit == 0 or top == 0 or (ARGV[3] ~= '' and ARGV[3] ~= epoch) then return {epoch, top, {}} end
local words
if reverse then
  local last = since and since - 1 or top
  if last < 1 then return {epoch, top, {}} end
  words = {'XREVRANGE', stream, string.format('%.0f', last), '-'}
else
  local start = since and since + 1 or 1
  if start > top then return {epoch, top, {}} end
  words = {'XRANGE', stream, string.format('%.0f', start), '+'}
end
if limit then
  words[5] = 'COUNT'
  words[6] = limit
end
return {epoch, top, redis.call(unpack(words))}
`,
};
