/**
 * The script that publishes in a room: one call for all that a node has to say there, which becomes one message. What
 * becomes of each item is decided in Redis, so that it holds over all nodes.
 */

import type { RedisScript } from '../../redis/redis.ts';

/**
 * Keys: the position, the stream, the channel, and the keys of results in the order of the items that have one.
 *
 * Arguments: PUBLISH or SPUBLISH; the field in which the position remembers the node; the number of the call; the size and
 * the life of the history; the life of the position; the epoch if one begins; the epoch and the offset up to which the node
 * has heard the stream; then the items. An item is one argument:
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
local call, sub = redis.call, string.sub
local pos, stream, node, number = KEYS[1], KEYS[2], ARGV[2], ARGV[3]
local known = call('HMGET', pos, 'e', 'o', 't', node)
local epoch, top, prolonged, before = known[1], tonumber(known[2] or 0), known[3], known[4]

if before then
  local space = string.find(before, ' ', 1, true)
  local called = sub(before, 1, space - 1)
  if called == number then
    local first, detail = string.match(before, '^%d+ %d+ (%d+) (.*)$')
    return {epoch, tonumber(first), detail}
  end
  if tonumber(called) > tonumber(number) then
    return redis.error_reply('STALE a later call was done before')
  end
end

local clock = call('TIME')
local now = clock[1] .. sub(1000000 + clock[2], 2, 4)
local begins = not epoch
if begins then
  -- The position was evicted: what the stream keeps has no place in the new epoch.
  call('DEL', stream)
  epoch, top = ARGV[7], 0
elseif epoch == ARGV[8] and tonumber(ARGV[9]) > top then
  -- Redis has lost the end of the stream: its places are not given again.
  begins, epoch = true, ARGV[7]
end

local first = top + 1
local lines, count = {'a' .. first .. ':' .. now .. ':' .. epoch}, 1
local words, detail, fields = nil, '', nil

if not string.find(ARGV[10], '^[IRV]') and #ARGV == 10 then
  local item = ARGV[10]
  lines[2], count = item, 2
  if sub(item, 1, 1) == 'k' then
    top = first
    call('XADD', stream, 'MAXLEN', '=', ARGV[4], top, 't', now, 'p', sub(item, 2))
  end
else
  words, fields = {}, {}
  local nextKey, unusual, key, version, versionEpoch, rate = 4, false, nil, nil, nil, nil
  local latest, latestEpoch, tokens, filled

  local function judge()
    if key then
      local result = call('GET', key)
      if result then return 'd' .. result end
    end
    if version then
      if not latest then
        local versions = call('HMGET', pos, 'v', 've')
        latest, latestEpoch = tonumber(versions[1] or 0), versions[2] or ''
      end
      if latest > 0 and latestEpoch == versionEpoch and version <= latest then return 'o' .. top end
    end
    if rate then
      local burst, at = math.max(1, rate), tonumber(now)
      if not tokens then
        local bucket = call('HMGET', pos, 'b', 'bt')
        tokens, filled = tonumber(bucket[1] or burst), tonumber(bucket[2] or now)
      end
      tokens = math.min(burst, tokens + math.max(0, at - filled) / 1000 * rate)
      filled = at
      if tokens < 1 then return 'r' end
      tokens = tokens - 1
    end
    if version then latest, latestEpoch = version, versionEpoch end
  end

  for index = 10, #ARGV do
    local item = ARGV[index]
    local letter = sub(item, 1, 1)
    if letter == 'k' or letter == 's' then
      local word
      if key or version or rate then word = judge() end
      if word then
        unusual = true
      else
        count = count + 1
        lines[count] = item
        word = letter
        if letter == 'k' then
          top = top + 1
          call('XADD', stream, 'MAXLEN', '=', ARGV[4], top, 't', now, 'p', sub(item, 2))
        end
      end
      if key and word ~= 'r' and sub(word, 1, 1) ~= 'd' then
        call('SET', key, word == 's' and '0:' or (top .. ':' .. epoch), 'PX', 300000)
      end
      words[#words + 1] = word
      key, version, rate = nil, nil, nil
    elseif letter == 'I' then
      key = KEYS[nextKey]
      nextKey = nextKey + 1
    elseif letter == 'R' then
      rate = tonumber(sub(item, 2))
    elseif letter == 'V' then
      local text
      text, versionEpoch = string.match(item, '^V(%d+):(.*)$')
      version = tonumber(text)
    else
      count = count + 1
      lines[count] = item
    end
  end
  if unusual then detail = table.concat(words, ' ') end
  if latest then fields = {'v', latest, 've', latestEpoch} end
  if tokens then
    fields[#fields + 1] = 'b'
    fields[#fields + 1] = tokens
    fields[#fields + 1] = 'bt'
    fields[#fields + 1] = now
  end
  if #fields > 0 then call('HSET', pos, unpack(fields)) end
end

call('HSET', pos, 'o', top, node, number .. ' ' .. now .. ' ' .. first .. ' ' .. detail)
if begins then call('HSET', pos, 'e', epoch) end
if not prolonged or tonumber(now) - tonumber(prolonged) > 3600000 then
  call('HSET', pos, 't', now)
  call('PEXPIRE', pos, ARGV[6])
  if call('HLEN', pos) > 40 then
    -- Calls of a minute ago are not repeated any more.
    local all = call('HGETALL', pos)
    for at = 1, #all, 2 do
      if sub(all[at], 1, 2) == 'w:' and all[at] ~= node then
        local done = tonumber(string.match(all[at + 1], '^%d+ (%d+)'))
        if tonumber(now) - done > 60000 then call('HDEL', pos, all[at]) end
      end
    end
  end
end
if top >= first then call('PEXPIRE', stream, ARGV[5]) end
if count > 1 then call(ARGV[1], KEYS[3], table.concat(lines, '\\n')) end
return {epoch, first, detail}
`,
};
