/** Puts together what the owner of a server may do; see operations.ts. */

import { SupervisedRoom } from '../actors/room/supervised-room.ts';
import type { Answer } from '../actors/room/ports.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Control, Order, Survey } from '../broker/control/control.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { MessageLimits } from '../protocol/limits.ts';
import type { Clock } from '../system/clock.ts';
import { createConnections } from './connections.ts';
import type { Done, Found, Operations, RoomMembers } from './operations.ts';
import { createPublishing } from './publishing.ts';
import type { Revocations } from './revocations.ts';
import { createRevoking } from './revoking.ts';

export interface OperationsInput {
  readonly rooms: Rooms;
  readonly control: Control;
  readonly clock: Pick<Clock, 'monotonic' | 'now'>;
  readonly limits: MessageLimits;
  readonly revocations: Revocations;
}

/** How long other nodes may take to tell which rooms they have. */
const SURVEY_MS = 2_000;

const DONE: Done = {};

export function createOperations(input: OperationsInput): Operations {
  const { rooms, control, clock } = input;

  function order(given: Order): Answer<Found> {
    const done = control.order(given);
    return done instanceof Promise ? done.then((found) => ({ found })) : { found: done };
  }

  /** The room is opened here before the other nodes are told, so that a bad name is refused in any case. */
  function setMuted(room: string, type: 'mute' | 'unmute'): Answer<Done> {
    const opened = rooms.open(room);
    if (!(opened instanceof SupervisedRoom)) return { refusal: opened };
    const done = control.order({ type, room });
    return done instanceof Promise ? done.then(() => DONE) : DONE;
  }

  return {
    ...createPublishing(rooms, clock),
    ...createConnections(input),
    ...createRevoking(input),
    history: async (room, query) => orRefusal(await rooms.history(room, query)),
    async members(room) {
      const members = await rooms.members(room);
      return Array.isArray(members) ? { members } : { refusal: members };
    },
    rooms() {
      const survey = control.survey({ type: 'rooms' }, SURVEY_MS);
      return survey instanceof Promise ? survey.then(sumUp) : sumUp(survey);
    },
    kick: (room, connection, reason) => order({ type: 'kick', room, connection, reason }),
    mute: (room) => setMuted(room, 'mute'),
    unmute: (room) => setMuted(room, 'unmute'),
    closeRoom: (room, reason) => order({ type: 'close', room, reason }),
  };
}

function orRefusal<Value extends object>(value: Value | Refusal): Value | { readonly refusal: Refusal } {
  return 'error' in value ? { refusal: value } : value;
}

/** A room may have members on several nodes. */
function sumUp({ answers }: Survey): { readonly rooms: readonly RoomMembers[] } {
  const counts = new Map<string, number>();
  for (const [room, members] of (answers as unknown as (readonly [string, number])[][]).flat()) {
    counts.set(room, (counts.get(room) ?? 0) + members);
  }
  return { rooms: [...counts].map(([room, members]) => ({ room, members })) };
}
