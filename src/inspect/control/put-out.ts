/** Ends a membership from outside so that its connection knows, whatever state it is in. */

import type { LeaveReason } from '../../events/server-events.ts';
import type { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import type { Refusal } from '../../protocol/errors.ts';

/** Puts a connection out of a room, or takes back its join; it is told the refusal. Returns why that cannot be done. */
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
      room.send({ type: 'room.kick', id: connection, refusal });
    } else {
      // As a kick does: the connection does not wait for this leave, and has to be told by this.
      subscriber.send({ type: 'room.closed', room: room.name, refusal });
      room.send({ type: 'room.leave', subscriber, reason });
    }
    return undefined;
  }
  const awake = roster.awake.get(connection);
  if (awake === undefined) return `${connection} is not in ${room.name}`;
  if (awake.ref?.getSnapshot().matches('requesting') !== true) return 'it is leaving already';
  room.send({ type: 'room.leave', subscriber: awake.subscriber, reason });
  // A join that is taken back is not answered, since usually its socket is gone: this one waits for its answer.
  awake.subscriber.send({ type: 'room.refused', room: room.name, refusal });
  return undefined;
}
