/**
 * The Lua scripts that timelines in Redis are changed by; each is atomic. A timeline is a sorted set in which every
 * score is 0, so that its members sort byte by byte:
 *
 * - `!<follow version>:complete` or `!<follow version>:partial`: the timeline can be read; for a partial one PostgreSQL
 *   knows older posts. Just one, before all else.
 * - `#<token>`: the timeline is being rebuilt, and cannot be read yet. Never beside a `!`.
 * - `pst_…`: a post. Those of a partial timeline are the newest without a gap.
 */

const findMarker = `redis.call('ZRANGE', KEYS[1], '[!', '("', 'BYLEX', 'LIMIT', 0, 1)[1]`;

/** `before count ttlMs` → nil when there is nothing that can be read, else the marker and post ids, newest first. */
const read = `
local marker = ${findMarker}
if not marker then return false end
local ttl = tonumber(ARGV[3])
if redis.call('PTTL', KEYS[1]) < ttl * 6 / 7 then redis.call('PEXPIRE', KEYS[1], ttl) end
local page = redis.call('ZRANGE', KEYS[1], '(' .. ARGV[1], '[p', 'BYLEX', 'REV', 'LIMIT', 0, ARGV[2])
table.insert(page, 1, marker)
return page`;

/**
 * `token wantedVersion ttlMs` → 0 when a timeline of the wanted version (of any, for '') is there already, else 1: the
 * token is in, and posts that are added from now on stay in what `finish` writes.
 */
const begin = `
local marker = ${findMarker}
if marker then
  if ARGV[2] == '' or string.match(marker, '^!(%d+):') == ARGV[2] then return 0 end
  redis.call('DEL', KEYS[1])
end
redis.call('ZADD', KEYS[1], 0, '#' .. ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** `token followVersion complete(0|1) maxPosts ttlMs postId…` → 0 when the token is gone: what was read is out of date. */
const finish = `
if not redis.call('ZSCORE', KEYS[1], '#' .. ARGV[1]) then return 0 end
redis.call('ZREMRANGEBYLEX', KEYS[1], '-', '(p')
if #ARGV > 5 then
  local members = {}
  for i = 6, #ARGV do
    members[#members + 1] = 0
    members[#members + 1] = ARGV[i]
  end
  redis.call('ZADD', KEYS[1], unpack(members))
end
local state = ARGV[3] == '1' and 'complete' or 'partial'
local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[4])
if surplus > 0 then
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, surplus - 1)
  state = 'partial'
end
redis.call('ZADD', KEYS[1], 0, '!' .. ARGV[2] .. ':' .. state)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1`;

/** `postId maxPosts` → 1 when the timeline exists, readable or in the making. Adding a post again changes nothing. */
const add = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('ZADD', KEYS[1], 'NX', 0, ARGV[1]) == 0 then return 1 end
local marker = ${findMarker}
if not marker then return 1 end
local version, state = string.match(marker, '^!(%d+):(%a+)$')
if state == 'partial' and redis.call('ZRANGE', KEYS[1], '[p', '+', 'BYLEX', 'LIMIT', 0, 1)[1] == ARGV[1] then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return 1
end
local surplus = redis.call('ZCARD', KEYS[1]) - 1 - tonumber(ARGV[2])
if surplus > 0 then
  redis.call('ZREMRANGEBYRANK', KEYS[1], 1, surplus)
  if state == 'complete' then
    redis.call('ZREM', KEYS[1], marker)
    redis.call('ZADD', KEYS[1], 0, '!' .. version .. ':partial')
  end
end
return 1`;

/** `followVersion maxPosts postId…`: takes posts out of a timeline of that version, and gives up one that has shrunk to half. */
const forget = `
local marker = ${findMarker}
if not marker then return 0 end
local version, state = string.match(marker, '^!(%d+):(%a+)$')
if version ~= ARGV[1] then return 0 end
for i = 3, #ARGV do redis.call('ZREM', KEYS[1], ARGV[i]) end
if state == 'partial' and redis.call('ZCARD', KEYS[1]) - 1 < tonumber(ARGV[2]) / 2 then redis.call('DEL', KEYS[1]) end
return 1`;

export const homeCacheScripts = {
  timelineRead: { lua: read, numberOfKeys: 1 },
  timelineBegin: { lua: begin, numberOfKeys: 1 },
  timelineFinish: { lua: finish, numberOfKeys: 1 },
  timelineAdd: { lua: add, numberOfKeys: 1 },
  timelineForget: { lua: forget, numberOfKeys: 1 },
} as const;
