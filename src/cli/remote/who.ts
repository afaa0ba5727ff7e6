/** The command `statecast who`: the members of a room of a running server. */

import * as z from 'zod';
import type { ApiClient } from './api-client.ts';
import { toPlainJson } from '../../system/plain-text.ts';
import { formatColumns } from '../terminal/columns.ts';

/** The last moment that a date can have. */
const MAX_TIME_MS = 8.64e15;

/** As of the route `/presence`: who is away is there too. */
const listed = z.object({
  members: z.array(
    z.object({
      id: z.string(),
      user: z.string().default(''),
      state: z.string(),
      joinedAt: z.number().min(0).max(MAX_TIME_MS),
    }),
  ),
});

/** As of the method `presence`, which tells what is known of a member, and not who is away. */
const known = z.object({
  presence: z.record(z.string(), z.object({ conn_info: z.unknown(), chan_info: z.unknown() }).partial()),
});

/**
 * Returns what the command prints: who is here in the order of the joins, then who is away.
 * @throws {RemoteError} when the server does not tell.
 */
export async function runWho(
  api: ApiClient,
  room: string,
  { json = false }: { readonly json?: boolean },
): Promise<string> {
  const [{ members }, { presence }] = await Promise.all([
    api.read(`presence?roomNum=${encodeURIComponent(room)}`, listed),
    api.call('presence', { channel: room }, known),
  ]);
  const found = members.map(({ id, user, state, joinedAt }) => ({
    user,
    client: id,
    since: new Date(joinedAt).toISOString(),
    away: state === 'away',
    // Between the two requests somebody may have gone.
    info: presence[id]?.conn_info,
    room_info: presence[id]?.chan_info,
  }));
  if (json) return `${toPlainJson(found)}\n`;
  if (found.length === 0) return 'nobody is in this room\n';
  const rows = found.map(({ user, client, since, away, info, room_info: roomInfo }) => [
    user === '' ? '(anonymous)' : user,
    client,
    since,
    away ? 'away' : '',
    [info, roomInfo]
      .map((one) => (one === undefined ? '' : toPlainJson(one)))
      .join(' ')
      .trim(),
  ]);
  return formatColumns([['USER', 'CLIENT', 'SINCE', '', 'INFO'], ...rows]);
}
