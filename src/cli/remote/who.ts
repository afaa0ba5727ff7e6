/** The command `statecast who`: the members of a room of a running server. */

import type { ApiClient } from './api-client.ts';
import { toPlainJson } from '../terminal/plain-text.ts';
import { formatColumns } from '../terminal/columns.ts';

/** As of the route `/presence`: who is away is there too. */
interface Listed {
  readonly members: readonly {
    readonly id: string;
    readonly user?: string;
    readonly state: 'joined' | 'away';
    readonly joinedAt: number;
  }[];
}

/** As of the method `presence`, which tells what is known of a member, and not who is away. */
interface Presence {
  readonly presence: Readonly<Record<string, { readonly conn_info?: unknown; readonly chan_info?: unknown }>>;
}

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
    api.read<Listed>(`presence?roomNum=${encodeURIComponent(room)}`),
    api.call<Presence>('presence', { channel: room }),
  ]);
  const found = members.map(({ id, user, state, joinedAt }) => ({
    user: user ?? '',
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
