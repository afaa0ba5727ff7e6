/**
 * How an entry of the presence looks in Redis, and what the scripts have in common that change the presence of a room.
 * An entry is four lines: format, lease of its node and kind; the user as JSON, empty for an anonymous one; when it
 * joined; the member as JSON.
 */

const FORMAT = '1';

interface Entered {
  readonly user?: string | undefined;
  readonly joinedAt: number;
  /** It has no connection, and takes no seat. */
  readonly isOutside?: true | undefined;
}

export function encodeEntry(lease: string, member: Entered): string {
  const kind = member.isOutside === true ? 'o' : 's';
  return `${FORMAT}${lease} ${kind}\n${encodeUser(member.user)}\n${member.joinedAt}\n${JSON.stringify(member)}`;
}

/** The member of an entry; undefined where a newer version has written it. */
export function decodeEntry(entry: string): unknown {
  if (!entry.startsWith(FORMAT)) return undefined;
  return JSON.parse(entry.split('\n', 4)[3] ?? 'null');
}

/** A user as a line, which no other user has. */
export function encodeUser(user: string | undefined): string {
  return user === undefined ? '' : JSON.stringify(user);
}

/** Of a script whose first keys are those of the members, of their times, and of the users of a room. */
export const PRESENCE_LUA = `
local here, untils, users = KEYS[1], KEYS[2], KEYS[3]
local OUTSIDE = 'outside'
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function count(entry, change)
  local kind, user = string.match(entry, '^1%S+ (.)\\n([^\\n]*)\\n')
  if not kind then return end
  if redis.call('HINCRBY', users, user, change) <= 0 then redis.call('HDEL', users, user) end
  if kind == 'o' and redis.call('HINCRBY', users, OUTSIDE, change) <= 0 then redis.call('HDEL', users, OUTSIDE) end
end
local function seats()
  return redis.call('HLEN', here) - (redis.call('HGET', users, OUTSIDE) or 0)
end
local function drop(id)
  local entry = redis.call('HGET', here, id)
  if entry then
    redis.call('HDEL', here, id)
    count(entry, -1)
  end
  redis.call('ZREM', untils, id)
end
local function purge(most)
  local gone = redis.call('ZRANGEBYSCORE', untils, '-inf', now(), 'LIMIT', 0, most)
  for _, id in ipairs(gone) do drop(id) end
  return #gone
end
local function keep(life)
  for at = 1, 3 do redis.call('PEXPIRE', KEYS[at], life) end
end
`;
