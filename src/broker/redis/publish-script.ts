/**
 * The script that publishes in a room: one call for all that a node has to say there, which becomes one message. What
 * becomes of each item is decided in Redis, so that it holds over all nodes.
 */

import type { RedisScript } from '../../redis/redis.ts';

/**
 * Keys: the position, the stream, the channel, and the keys of results in the order of the items that have one.
 *
 * Arguments: PUBLISH or SPUBLISH; the field in which the position remembers the node; the number of the call; the size and
 * the life of the history; the life of the position; the epoch if one begins; then the items. An item is one argument:
 * its letter and its body (see live-message.ts). In front of it may stand what is asked of it: `I` (it has a key of a
 * result), `R` and messages a second, `V` and number and epoch of its version.
 *
 * Answer: the epoch, the offset of the first item that is kept, and a text: empty if all went as usual. Otherwise one word
 * for each item that is a publication: `k` kept, `s` sent, `r` over the rate, `o` and offset outdated, `d` and offset and
 * epoch done before.
 *
 * Fields of the position: `e` epoch, `o` offset, `t` when its life was prolonged, `v` and `ve` version, `b` and `bt` what is
 * left of the rate and when, `w:NODE` number, time and answer of the latest call of a node.
 */
export const PUBLISH_SCRIPT: RedisScript = {
  name: 'publish',
  text: `
local pos, stream, live = KEYS[1], KEYS[2], KEYS[3]
local node, number, size, ttl, life = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local known = redis.call('HMGET', pos, 'e', 'o', 't', node)
local epoch, top, prolonged, before = known[1], tonumber(known[2] or '0'), known[3], known[4]

if before then
  local called, _, first, detail = string.match(before, '^(%d+) (%d+) (%d+) (.*)$')
  if called == number then return {epoch, tonumber(first), detail} end
  if tonumber(called) > tonumber(number) then return redis.error_reply('STALE a later call was done before') end
end

local clock = redis.call('TIME')
local now = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))
local fields = {}
local function set(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end

if not epoch then
  -- The position was evicted: what the stream keeps has no place in the new epoch.
  redis.call('DEL', stream)
  epoch, top = ARGV[7], 0
  set('e', epoch)
end

local first = top + 1
local lines, count = {'a' .. first .. ':' .. now .. ':' .. epoch}, 1
local words, unusual = {}, false
local nextKey, key, version, versionEpoch, rate = 4, nil, nil, nil, nil
local latest, latestEpoch, tokens, filled

local function judge()
  if key then
    local result = redis.call('GET', key)
    if result then return 'd' .. result end
  end
  if version then
    if not latest then
      local versions = redis.call('HMGET', pos, 'v', 've')
      latest, latestEpoch = tonumber(versions[1] or '0'), versions[2] or ''
    end
    if latest > 0 and latestEpoch == versionEpoch and version <= latest then return 'o' .. top end
  end
  if rate then
    local burst, at = math.max(1, rate), tonumber(now)
    if not tokens then
      local bucket = redis.call('HMGET', pos, 'b', 'bt')
      tokens, filled = tonumber(bucket[1] or burst), tonumber(bucket[2] or now)
    end
    tokens = math.min(burst, tokens + math.max(0, at - filled) / 1000 * rate)
    filled = at
    if tokens < 1 then return 'r' end
    tokens = tokens - 1
  end
  if version then latest, latestEpoch = version, versionEpoch end
end

for index = 8, #ARGV do
  local item = ARGV[index]
  local letter = string.sub(item, 1, 1)
  if letter == 'k' or letter == 's' then
    local word = nil
    if key or version or rate then word = judge() end
    if word then
      unusual = true
    else
      count = count + 1
      lines[count] = item
      word = letter
      if letter == 'k' then
        top = top + 1
        redis.call('XADD', stream, 'MAXLEN', '=', size, top, 't', now, 'p', string.sub(item, 2))
      end
    end
    if key and string.sub(word, 1, 1) ~= 'd' and word ~= 'r' then
      local result = word == 's' and '0:' or (top .. ':' .. epoch)
      redis.call('SET', key, result, 'PX', 300000)
    end
    words[#words + 1] = word
    key, version, rate = nil, nil, nil
  elseif letter == 'I' then
    key = KEYS[nextKey]
    nextKey = nextKey + 1
  elseif letter == 'R' then
    rate = tonumber(string.sub(item, 2))
  elseif letter == 'V' then
    local text
    text, versionEpoch = string.match(item, '^V(%d+):(.*)$')
    version = tonumber(text)
  else
    count = count + 1
    lines[count] = item
  end
end

local detail = unusual and table.concat(words, ' ') or ''
set('o', top)
set(node, number .. ' ' .. now .. ' ' .. first .. ' ' .. detail)
if latest then
  set('v', latest)
  set('ve', latestEpoch)
end
if tokens then
  set('b', tokens)
  set('bt', now)
end
local prolongs = not prolonged or tonumber(now) - tonumber(prolonged) > 3600000
if prolongs then set('t', now) end
redis.call('HSET', pos, unpack(fields))
if prolongs then
  redis.call('PEXPIRE', pos, life)
  if redis.call('HLEN', pos) > 40 then
    -- Calls of a minute ago are not repeated any more.
    local all = redis.call('HGETALL', pos)
    for at = 1, #all, 2 do
      if string.sub(all[at], 1, 2) == 'w:' and all[at] ~= node then
        local done = tonumber(string.match(all[at + 1], '^%d+ (%d+)'))
        if tonumber(now) - done > 60000 then redis.call('HDEL', pos, all[at]) end
      end
    end
  end
end
if top >= first then redis.call('PEXPIRE', stream, ttl) end
if count > 1 then redis.call(ARGV[1], live, table.concat(lines, '\\n')) end
return {epoch, first, detail}
`,
};
