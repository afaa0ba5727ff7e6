/**
 * Closes a room that may have members: all of them are removed and told, and the room leaves memory. The members of this
 * node are removed in slices, those who are joining too; the order to close it goes to all nodes.
 */

import type { Clock } from '../../system/clock.ts';
import type { SnapshotFrom } from 'xstate';
import type { RoomRef } from '../../actors/room/room.ts';
import type { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import { createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { RoomOperations } from '../rooms/room-operations.ts';
import { putOut } from './put-out.ts';

/** So many members are removed in one turn. Each costs as much as a leave. */
const SLICE_MEMBERS = 20;
/** If the store does not answer, the room closes without it after half of this (`CLOSE_DEADLINE_MS` of the room). */
const CLOSED_WITHIN_MS = 10_000;

export interface CloseRoomInput {
  readonly room: SupervisedRoom;
  /** What the members are told. */
  readonly reason: string;
  readonly operations: Pick<RoomOperations, 'closeRoom'>;
  readonly clock: Clock;
  readonly yieldTurn: () => Promise<void>;
}

/** Resolves when the room is not in memory any more, or with what has gone wrong. */
export async function closeRoom(input: CloseRoomInput): Promise<string | undefined> {
  const { room, reason, operations, clock, yieldTurn } = input;
  const refusal = createRefusal('notAvailable', reason);
  const { joined, awake } = room.record.roster;
  // A closing room waits for leaves but does not remove members: they must be removed before.
  let inSlice = 0;
  for (const id of [...joined.keys(), ...awake.keys()]) {
    putOut(room, id, 'kicked', refusal);
    inSlice += 1;
    if (inSlice % SLICE_MEMBERS === 0) await yieldTurn();
  }
  putOutLate(room, refusal);
  const closing = await operations.closeRoom(room.name, reason);
  if ('refusal' in closing) return closing.refusal.message;
  return waitForEnd(room, clock);
}

/** Removes members who join until the room has closed. */
function putOutLate(room: SupervisedRoom, refusal: Refusal): void {
  const { joined, awake } = room.record.roster;
  const seen = new Set<string>();
  let isFirst = true;
  function notice(snapshot: SnapshotFrom<RoomRef>): void {
    if (!snapshot.matches('closing')) return;
    // A closing room begins no joins, so unfinished ones are looked for only once.
    const late = isFirst ? [...joined.keys(), ...awake.keys()] : [...joined.keys()];
    isFirst = false;
    for (const id of late) {
      if (seen.has(id)) continue;
      seen.add(id);
      putOut(room, id, 'kicked', refusal);
    }
  }

  // A subscription without `error` would turn a failure of the room into one of the process.
  room.actor?.subscribe({ next: notice, error() {} });
}

function waitForEnd(room: SupervisedRoom, clock: Clock): Promise<string | undefined> {
  return new Promise((resolve) => {
    const deadline = clock.setTimeout(() => {
      resolve(`the room has not closed within ${CLOSED_WITHIN_MS / 1_000} seconds`);
    }, CLOSED_WITHIN_MS);
    void room.untilEnd().then(() => {
      clock.clearTimeout(deadline);
      resolve(undefined);
    });
  });
}
