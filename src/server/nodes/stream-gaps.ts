/** Tells the members of a room that this node has missed a publication of it. */

import type { Directory } from '../../actors/directory.ts';
import { SERVER } from '../../actors/runtime/sender.ts';

type Rooms = Pick<Directory, 'rooms'>;

/** Whether a room has members who count on the position of its stream. */
export function hasStreamReaders({ rooms }: Rooms, room: string): boolean {
  const record = rooms.get(room)?.record;
  if (record === undefined || record.options.stream.size === 0) return false;
  for (const { subscriber } of record.roster.joined.values()) if (subscriber.readsStreams) return true;
  return false;
}

/** From now on they get nothing, until they have joined again: else they would count on from behind the gap. */
export function tellGap(directory: Rooms, room: string): void {
  if (!hasStreamReaders(directory, room)) return;
  const members = [...(directory.rooms.get(room)?.record.roster.joined.values() ?? [])];
  for (const { subscriber } of members) {
    if (!subscriber.readsStreams) continue;
    subscriber.port.unsubscribe(room);
    subscriber.send({ type: 'stream.broken', room }, SERVER);
  }
}
