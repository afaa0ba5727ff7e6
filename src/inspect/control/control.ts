/** Runs the control commands of the inspector's page, if the settings allow it. Access was checked before. */

import type { Clock } from '../../system/clock.ts';
import type { Publisher } from '../../actors/room/ports.ts';
import { send } from '../../actors/runtime/send.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { MACHINE_NAMES } from '../population/machine-names.ts';
import type { ActorAddress, ControlCommand, MachineName } from '../feed/feed-protocol.ts';
import {
  findActor,
  splitId,
  type ActiveEntry,
  type ActorEntry,
  type Population,
} from '../population/population.ts';
import { closeRoom } from './close-room.ts';
import { putOut } from './put-out.ts';
import { listSendable, readEvent, type SendableEvent } from './sendable-events.ts';

export interface ControlInput {
  readonly population: Population;
  /** The setting `inspector.control`. */
  readonly isAllowed: boolean;
  readonly clock: Clock;
  readonly yieldTurn: () => Promise<void>;
}

export interface Control {
  readonly isAllowed: boolean;
  /** The events that `send` takes, by machine. Empty when control is not allowed. */
  readonly sendable: Readonly<Partial<Record<MachineName, readonly string[]>>>;
  /** Resolves when it is done, or with the reason why it cannot be done. */
  run(address: ActorAddress, command: ControlCommand): Promise<string | undefined>;
}

const DEFAULT_KICK_REASON = 'you were put out of the room';
const DEFAULT_CLOSE_REASON = 'the room was closed';

export function createControl({ population, isAllowed, clock, yieldTurn }: ControlInput): Control {
  async function run(address: ActorAddress, command: ControlCommand): Promise<string | undefined> {
    if (!isAllowed) return 'the setting inspector.control does not allow this';
    const entry = findActor(population, address);
    if (entry === undefined) return `there is no ${address.kind} ${address.id}`;
    switch (command.type) {
      case 'kick':
        return kick(entry, command.reason);
      case 'close': {
        const { room } = entry;
        if (address.kind !== 'room' || room === undefined) return 'only a room can be closed';
        const refusal = createRefusal('notAvailable', command.reason ?? DEFAULT_CLOSE_REASON);
        return closeRoom({ room, refusal, clock, yieldTurn });
      }
      case 'send': {
        const read = readEvent(address.kind, command.event);
        return read.ok ? sendEvent(entry, read.event) : read.error;
      }
    }
  }

  const sendable = MACHINE_NAMES.map((kind) => [kind, listSendable(kind)] as const);
  return { isAllowed, sendable: isAllowed ? Object.fromEntries(sendable) : {}, run };
}

function kick(entry: ActorEntry, reason: string | undefined): string | undefined {
  const { address, actor, room } = entry;
  if (address.kind === 'membership' && room !== undefined) {
    const { part } = splitId(address.id);
    return putOut(room, part, 'kicked', createRefusal('permissionDenied', reason ?? DEFAULT_KICK_REASON));
  }
  if (address.kind === 'connection' && actor !== undefined) {
    return pass(entry, { type: 'server.disconnect', reason });
  }
  return 'only connections and memberships can be kicked';
}

function sendEvent(entry: ActorEntry, event: SendableEvent<MachineName>): string | undefined {
  const { address, room } = entry;
  if (event.type === 'membership.leave') {
    if (room === undefined) return undefined;
    const refusal = createRefusal('permissionDenied', DEFAULT_KICK_REASON);
    return putOut(room, splitId(address.id).part, event.reason, refusal);
  }
  if (entry.actor === undefined) return 'it rests, and takes only membership.leave';
  const refused = pass(entry, event);
  if (refused === undefined && event.type === 'moderation.abandon') answerPublisher(entry);
  return refused;
}

/** Sends an event to an actor, if its present states take the event. */
function pass(
  entry: ActiveEntry,
  event:
    | SendableEvent<MachineName>
    | { readonly type: 'server.disconnect'; readonly reason: string | undefined },
): string | undefined {
  const { address, actor, room } = entry;
  if (!actor.getSnapshot().can(event)) return `it takes no ${event.type} in the states in which it is`;
  // A room's own `send` handles a failure of its machine.
  if (address.kind === 'room' && room !== undefined) room.send(event as SendableEvent<'room'>, undefined);
  else send(actor, event, undefined);
  return undefined;
}

/** Usually the publisher of an abandoned message has gone. Here it still waits for its answer. */
function answerPublisher({ actor }: ActiveEntry): void {
  const { context } = actor.getSnapshot() as { context: { publisher: Publisher } };
  const refusal = createRefusal('notAvailable', 'the message was taken back');
  context.publisher.settle({ type: 'refused', refusal }, actor);
}
