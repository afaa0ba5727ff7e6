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
import type { RoomOperations } from '../rooms/room-operations.ts';
import type { ActsLog } from './acts-log.ts';
import { actInRoom, describeAct, describeFound } from './room-acts.ts';
import { closeRoom } from './close-room.ts';
import { putOut } from './put-out.ts';
import { listSendable, readEvent, type SendableEvent } from './sendable-events.ts';

export interface ControlInput {
  readonly population: Population;
  /** The setting `inspector.control`. */
  readonly isAllowed: boolean;
  readonly operations: () => Pick<
    RoomOperations,
    'publish' | 'removeHistory' | 'removePresence' | 'kick' | 'mute' | 'unmute' | 'closeRoom' | 'disconnect'
  >;
  readonly acts: Pick<ActsLog, 'note'>;
  readonly clock: Clock;
  readonly yieldTurn: () => Promise<void>;
}

export interface Control {
  readonly isAllowed: boolean;
  /** The events that `send` takes, by machine. Empty when control is not allowed. */
  readonly sendable: Readonly<Partial<Record<MachineName, readonly string[]>>>;
  /**
   * Resolves when it is done, or with the reason why it cannot be done.
   * @param remoteAddress who asks for it
   */
  run(address: ActorAddress, command: ControlCommand, remoteAddress: string): Promise<string | undefined>;
}

const DEFAULT_KICK_REASON = 'you were put out of the room';
const DEFAULT_CLOSE_REASON = 'the room was closed';

export function createControl(input: ControlInput): Control {
  const { population, isAllowed, operations, acts, clock, yieldTurn } = input;

  async function run(
    address: ActorAddress,
    command: ControlCommand,
    remoteAddress: string,
  ): Promise<string | undefined> {
    const used = { ...describeAct(address, command), remoteAddress };
    try {
      const refused = isAllowed ? await act(address, command) : NOT_ALLOWED;
      acts.note({ ...used, outcome: refused === undefined ? 'done' : 'refused' });
      return refused;
    } catch (error) {
      acts.note({ ...used, outcome: 'failed' });
      throw error;
    }
  }

  async function act(address: ActorAddress, command: ControlCommand): Promise<string | undefined> {
    const { kind, id } = address;
    const entry = findActor(population, address);
    switch (command.type) {
      case 'kick':
        return kick(address, entry, command.reason);
      case 'send': {
        if (entry === undefined) return `there is no ${kind} ${id}`;
        const read = readEvent(kind, command.event);
        return read.ok ? sendEvent(entry, read.event) : read.error;
      }
      case 'close': {
        if (kind !== 'room') return 'only a room can be closed';
        if (entry?.room === undefined) return `there is no room ${id}`;
        const reason = command.reason ?? DEFAULT_CLOSE_REASON;
        return closeRoom({ room: entry.room, reason, operations: operations(), clock, yieldTurn });
      }
      case 'publish':
      case 'mute':
      case 'unmute':
      case 'removeHistory':
      case 'removePresence':
        return kind === 'room' ? actInRoom(operations(), id, command) : `${command.type} is for rooms only`;
    }
  }

  /** A connection or a member that is not on this node may be on another one. */
  async function kick(
    address: ActorAddress,
    entry: ActorEntry | undefined,
    given: string | undefined,
  ): Promise<string | undefined> {
    const { kind, id } = address;
    if (kind === 'connection') {
      return describeFound(await operations().disconnect({ connection: id }, { reason: given }), address);
    }
    if (kind !== 'membership') return 'only connections and memberships can be kicked';
    const { part, room } = splitId(id);
    const reason = given ?? DEFAULT_KICK_REASON;
    if (entry?.room !== undefined) {
      return putOut(entry.room, part, 'kicked', createRefusal('permissionDenied', reason));
    }
    return describeFound(await operations().kick(room, part, reason), address);
  }

  const sendable = MACHINE_NAMES.map((kind) => [kind, listSendable(kind)] as const);
  return { isAllowed, sendable: isAllowed ? Object.fromEntries(sendable) : {}, run };
}

const NOT_ALLOWED = 'the setting inspector.control does not allow this';

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
function pass(entry: ActiveEntry, event: SendableEvent<MachineName>): string | undefined {
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
