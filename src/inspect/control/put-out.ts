/** Ends a membership from outside, in any state, and tells its connection. */

import type { LeaveReason } from '../../events/server-events.ts';
import { nameRoom } from '../../actors/runtime/sender.ts';
import type { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import type { Refusal } from '../../protocol/errors.ts';

/** Removes a connection from a room, or cancels its join, and sends it the refusal. @returns why that cannot be done */
export function putOut(
  room: SupervisedRoom,
  connection: string,
  reason: LeaveReason,
  refusal: Refusal,
): string | undefined {
  const { roster } = room.record;
  const resting = roster.joined.get(connection);
  if (resting !== undefined) {
    const { subscriber } = resting;
    if (reason === 'kicked' && room.snapshot?.matches('active') === true) {
      room.send({ type: 'room.kick', id: connection, refusal }, 'library');
    } else {
      // As a kick does: the connection does not wait for this leave, so it must be told here.
      subscriber.send({ type: 'room.closed', room: room.name, refusal }, nameRoom(room.name));
      room.send({ type: 'room.leave', subscriber, reason }, subscriber.sender);
    }
    return undefined;
  }
  const awake = roster.awake.get(connection);
  if (awake === undefined) return `${connection} is not in ${room.name}`;
  if (awake.ref?.getSnapshot().matches('requesting') !== true) return 'it is leaving already';
  room.send({ type: 'room.leave', subscriber: awake.subscriber, reason }, awake.subscriber.sender);
  // A cancelled join is not answered, since usually its socket is closed. Here it still waits for the answer.
  awake.subscriber.send({ type: 'room.refused', room: room.name, refusal }, nameRoom(room.name));
  return undefined;
}
