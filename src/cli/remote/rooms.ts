/** The command `statecast rooms`: the rooms of a running server that have members. */

import * as z from 'zod';
import type { ApiClient } from './api-client.ts';
import { formatColumns } from '../terminal/columns.ts';
import { toPlainJson } from '../../system/plain-text.ts';

const shape = z.object({
  channels: z.record(z.string(), z.object({ num_clients: z.number().default(0) })),
});

/**
 * Returns what the command prints, by the names of the rooms.
 * @param pattern With `*` and `?`, such as `chat:*`. Default: all rooms.
 * @throws {RemoteError} when the server does not tell.
 */
export async function runRooms(
  api: Pick<ApiClient, 'call'>,
  pattern: string | undefined,
  { json = false }: { readonly json?: boolean },
): Promise<string> {
  const { channels } = await api.call('channels', pattern === undefined ? {} : { pattern }, shape);
  const rooms = Object.entries(channels)
    .map(([room, { num_clients: members }]) => ({ room, members }))
    .sort((one, other) => (one.room < other.room ? -1 : 1));
  if (json) return `${toPlainJson(rooms)}\n`;
  if (rooms.length === 0) {
    return pattern === undefined ? 'no room has members\n' : 'no such room has members\n';
  }
  return formatColumns([['MEMBERS', 'ROOM'], ...rooms.map(({ room, members }) => [String(members), room])]);
}
