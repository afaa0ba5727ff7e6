/** The scripts on the roster of a room. Each of them changes only records of this node, or of nodes that have no lease any more. */

import { PRESENCE_LUA } from '../../redis/presence-entry.ts';
import type { RedisScript } from '../../redis/redis.ts';

/** `away` tells the user and the id of a record, as JSON and text, where the user is away. */
const ROSTER_LUA = `
local function leaseOf(value) return string.match(value, '^.([^\\n]*)') end
local function away(value)
  local user, since = string.match(value, '^[^\\n]*\\n([^\\n]*)\\n[^\\n]*\\n(.*)$')
  if user and user ~= '' and since ~= '' then return user end
end
local living = {}
local function isDead(lease, newest)
  local number = lease and tonumber(string.match(lease, '^%d+'))
  return number ~= nil and number <= newest and not living[lease]
end
`;

/**
 * Applies changes in their order, but those of records of other nodes. KEYS: roster. ARGV: id of the node; number of the
 * newest lease, 0 if all others count as living; how many leases live, and these; of each change an id and a value, or ''
 * to remove it. Answers how many are left, the users and ids of those who were away and are so no more, and how many
 * changes were those of others.
 */
export const WRITE: RedisScript = {
  name: 'roster.write',
  text: `${ROSTER_LUA}
local roster, suffix = KEYS[1], ':' .. ARGV[1]
local newest, first = tonumber(ARGV[2]), 4 + ARGV[3]
for at = 4, first - 1 do living[ARGV[at]] = true end
local back, others = {}, 0
for at = first, #ARGV, 2 do
  local id, value = ARGV[at], ARGV[at + 1]
  local known = redis.call('HGET', roster, id)
  local lease = known and leaseOf(known)
  if known and string.sub(lease, -#suffix) ~= suffix and not isDead(lease, newest) then
    others = others + 1
  else
    local was = known and away(known)
    if was and (value == '' or away(value) ~= was) then
      back[#back + 1] = was
      back[#back + 1] = id
    end
    if value == '' then redis.call('HDEL', roster, id) else redis.call('HSET', roster, id, value) end
  end
end
return { redis.call('HLEN', roster), back, others }
`,
};

/**
 * Reads a page of the presence of a room or of its roster, and takes over what has no living node. KEYS: presence, its
 * times, its users, roster. ARGV: own lease, number of the newest lease, `presence` or `roster`, cursor, most of a page,
 * leases that live. Answers the next cursor, and: of the presence, the entries that were removed; of the roster, the id,
 * the value and whether the user is present, of each record that is this node's now.
 */
export const TAKE_OVER: RedisScript = {
  name: 'roster.takeOver',
  text: `${PRESENCE_LUA}${ROSTER_LUA}
local roster, own, newest = KEYS[4], ARGV[1], tonumber(ARGV[2])
for at = 6, #ARGV do living[ARGV[at]] = true end
local found = {}
if ARGV[3] == 'presence' then
  local page = redis.call('HSCAN', here, ARGV[4], 'COUNT', ARGV[5])
  for at = 1, #page[2], 2 do
    local id, entry = page[2][at], page[2][at + 1]
    local lease, user, joinedAt = string.match(entry, '^1(%S+) .\\n([^\\n]*)\\n([^\\n]*)\\n')
    if isDead(lease, newest) then
      drop(id)
      -- Whoever is in no roster is in one until it is swept: what fails meanwhile is taken up again.
      redis.call('HSETNX', roster, id, '1' .. lease .. '\\n' .. user .. '\\n' .. joinedAt .. '\\n')
      found[#found + 1] = entry
    end
  end
  return { page[1], found }
end
local page = redis.call('HSCAN', roster, ARGV[4], 'COUNT', ARGV[5])
for at = 1, #page[2], 2 do
  local id, value = page[2][at], page[2][at + 1]
  local lease = leaseOf(value)
  local dead = string.sub(value, 1, 1) == '1' and isDead(lease, newest)
  if dead then
    value = '1' .. own .. string.sub(value, #lease + 2)
    redis.call('HSET', roster, id, value)
  end
  if dead or lease == own then
    local user = string.match(value, '^[^\\n]*\\n([^\\n]*)\\n')
    found[#found + 1] = id
    found[#found + 1] = value
    found[#found + 1] = user ~= '' and redis.call('HEXISTS', users, user) or 0
  end
end
return { page[1], found }
`,
};
