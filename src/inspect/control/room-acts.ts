/** The commands of the inspector's page that the operations on rooms do, and how uses of the control are named. */

import type { Answer } from '../../actors/room/ports.ts';
import type { ServerEvents } from '../../events/server-events.ts';
import type { Found } from '../../operations/operations.ts';
import type { ActorAddress, ControlCommand } from '../feed/feed-protocol.ts';
import { OUTSIDE_PREFIX } from '../../operations/outside-presence.ts';
import { splitId } from '../population/population.ts';
import type { RoomOperations } from '../rooms/room-operations.ts';
import { SENDABLE } from './sendable-events.ts';

type RoomCommand = Extract<
  ControlCommand,
  { type: 'publish' | 'mute' | 'unmute' | 'removeHistory' | 'removePresence' }
>;

/** Resolves when it is done, or with the reason why it cannot be done. */
export async function actInRoom(
  operations: Pick<RoomOperations, RoomCommand['type']>,
  room: string,
  command: RoomCommand,
): Promise<string | undefined> {
  const done = await act();
  if ('refusal' in done) return done.refusal.message;
  return 'found' in done && done.found === false ? 'nobody of this id is present from outside' : undefined;

  function act(): Answer<object> {
    switch (command.type) {
      case 'publish':
        return operations.publish(room, command.data);
      case 'mute':
        return operations.mute(room);
      case 'unmute':
        return operations.unmute(room);
      case 'removeHistory':
        return operations.removeHistory(room);
      case 'removePresence':
        return operations.removePresence(room, withoutPrefix(command.member));
    }
  }
}

/** Why a connection or a member was not reached, or undefined. */
export function describeFound(
  answer: Awaited<Answer<Found>>,
  { kind, id }: ActorAddress,
): string | undefined {
  if ('refusal' in answer) return answer.refusal.message;
  return answer.found ? undefined : `there is no ${kind} ${id}`;
}

/** What is told of a command: only names, of which a page can make up none but the target's. */
export function describeAct(
  { kind, id }: ActorAddress,
  command: ControlCommand,
): Pick<ServerEvents['control.used'], 'act' | 'target' | 'room'> {
  const room = kind === 'room' ? id : splitId(id).room;
  return {
    act: command.type === 'send' ? nameEvent(kind, command.event.type) : command.type,
    target: command.type === 'removePresence' ? `member ${command.member}` : `${kind} ${id}`,
    ...(room !== '' && { room }),
  };
}

/** Of whom the page shows, the backend knows the rest. */
function withoutPrefix(member: string): string {
  return member.startsWith(OUTSIDE_PREFIX) ? member.slice(OUTSIDE_PREFIX.length) : member;
}

function nameEvent(kind: ActorAddress['kind'], type: string): string {
  const isKnown = SENDABLE[kind].some(({ shape }) => shape.type.value === type);
  return isKnown ? `send ${type}` : 'send';
}
