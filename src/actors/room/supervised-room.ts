/**
 * A room whose machine is restarted when it fails, with the same members and with backoff. After too many failures the
 * room is closed, and the process goes on. XState itself supervises nothing.
 */

import { createActor, waitFor, type SnapshotFrom } from 'xstate';
import { createRefusal } from '../../protocol/errors.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import { send } from '../runtime/send.ts';
import { stopChildren } from '../runtime/system-actor.ts';
import { nameRoom, type NamedSender, type Sender } from '../runtime/sender.ts';
import type { roomMachine, RoomRef } from './room.ts';
import type { RoomEvent, RoomInput } from './room-events.ts';
import { reportDropped } from './journal-effects.ts';
import { stopListening, unlist } from './occupancy-effects.ts';

/** First wait before a restart; it doubles with each failure that is still remembered. */
const RESTART_MIN_MS = 50;
/** More failures than this within {@link FAILURE_WINDOW_MS} close the room. */
const MAX_FAILURES = 5;
const FAILURE_WINDOW_MS = 60_000;

const ROOM_FAILED = createRefusal('internal', 'the room failed, try again later');
const ROOM_CLOSED = createRefusal('internal', 'the room was closed after repeated failures');

export interface SupervisedRoomInput extends Omit<RoomInput, 'send'> {
  /** What the room runs. */
  readonly machine: typeof roomMachine;
  /** The room is not in memory any more. */
  readonly onEnd: () => void;
}

/** An event, and who sent it. */
interface Sent {
  readonly event: RoomEvent;
  readonly from: Sender | undefined;
}

export class SupervisedRoom {
  readonly #input: SupervisedRoomInput & RoomInput;
  #actor: RoomRef | undefined;
  #ended = false;
  /** When the machine failed within the last {@link FAILURE_WINDOW_MS}, by the monotonic clock. */
  #failures: number[] = [];
  /** Events that came while the machine was being restarted. */
  #held: Sent[] = [];
  /** Events that are being sent, one in the course of the other. */
  #depth = 0;
  /** What the machine was given in the course of the first of them. */
  #nested: Sent[] = [];
  /** The machine has failed in the course of it. */
  #failure: { readonly error: unknown } | undefined;
  #endCallbacks: (() => void)[] = [];
  /** The timer of the next restart. */
  #restart: unknown;

  constructor(input: SupervisedRoomInput) {
    // What is spread stands last: the other way round, each room's would get a hidden class of its own.
    this.#input = { send: (event, from) => this.send(event, from), ...input };
    this.#start();
  }

  get name(): string {
    return this.#input.record.name;
  }

  get record(): RoomInput['record'] {
    return this.#input.record;
  }

  /** The machine that runs; undefined while it is being restarted. */
  get actor(): RoomRef | undefined {
    return this.#actor;
  }

  /** The state of the machine; undefined while it is being restarted. */
  get snapshot(): SnapshotFrom<typeof roomMachine> | undefined {
    return this.#actor?.getSnapshot();
  }

  /** Resolves when the store has answered who is in the room, or has failed. */
  async untilOpen(): Promise<void> {
    if (this.#actor !== undefined) await waitFor(this.#actor, (snapshot) => !snapshot.matches('opening'));
  }

  /** Resolves when the room is not in memory any more. */
  untilEnd(): Promise<void> {
    return this.#ended ? Promise.resolve() : new Promise((resolve) => this.#endCallbacks.push(resolve));
  }

  send(event: RoomEvent, from: Sender | undefined): void {
    const actor = this.#actor;
    if (actor === undefined) {
      this.#keep({ event, from });
      return;
    }
    if (this.#depth > 0) this.#nested.push({ event, from });
    this.#depth += 1;
    send(actor, event, from);
    this.#depth -= 1;
    // An event that has led to nothing more, as most do, has cost no list.
    if (this.#depth === 0 && (this.#nested.length > 0 || this.#failure !== undefined))
      this.#endTurn({ event, from });
  }

  /** Stops the room: nothing more is written, which is told, and no member is told. Only for the end of a server. */
  stop(): void {
    reportDropped({ context: this.#input });
    this.#halt();
  }

  /** Drops the room, because another node looks after its members now: nothing is written and nobody is told of them. */
  drop(): void {
    const { record, absence, system, events } = this.#input;
    const room = this.name;
    const { joined, awake, away } = record.roster;
    for (const user of away.keys()) absence.delete(user, room);
    for (const { ref } of awake.values()) if (ref !== undefined) system.stop(ref);
    for (const { subscriber } of [...joined.values(), ...awake.values()]) subscriber.port.unsubscribe(room);
    this.#halt();
    events.emit('room.closed', { room });
  }

  #halt(): void {
    this.#input.clock.clearTimeout(this.#restart);
    this.#actor?.stop();
    stopListening({ context: this.#input });
    this.#failure = undefined;
    this.#end();
  }

  /** What comes while no machine runs. */
  #keep(sent: Sent): void {
    if (this.#ended) answerAfterEnd(sent.event, nameRoom(this.name));
    else this.#held.push(sent);
  }

  #endTurn(sent: Sent): void {
    const nested = this.#nested.splice(0);
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    this.#recover(failure.error, [sent, ...nested]);
  }

  #start(): void {
    const { machine, clock } = this.#input;
    const actor = createActor(machine, { id: this.name, input: this.#input, clock });
    this.#actor = actor;
    actor.subscribe({
      error: (error) => this.#fail(error),
      complete: () => this.#end(),
    });
    actor.start();
    for (const { event, from } of this.#held.splice(0)) this.send(event, from);
  }

  #fail(error: unknown): void {
    // XState leaves what a failed machine has invoked running, with nobody to answer to.
    if (this.#actor !== undefined) stopChildren(this.#actor);
    this.#actor = undefined;
    // Which event it belongs to is known where that was sent.
    if (this.#depth > 0) this.#failure = { error };
    else this.#recover(error, []);
  }

  /** @param given What the machine was given last: what the failure may have cut off. */
  #recover(error: unknown, given: readonly Sent[]): void {
    const { clock, events } = this.#input;
    const now = clock.monotonic();
    this.#failures = [...this.#failures.filter((at) => at > now - FAILURE_WINDOW_MS), now];
    const closing = this.#failures.length > MAX_FAILURES;
    events.emit('room.failed', { room: this.name, error, outcome: closing ? 'closing' : 'restarting' });
    // A client's request may be what the machine fails on: it is refused. A fact is taken up again.
    const facts = given.filter(({ event }) => !refuseEvent(event, nameRoom(this.name)));
    this.#held = [...facts, ...this.#held];
    if (closing) this.#giveUp();
    else {
      const delayMs = RESTART_MIN_MS * 2 ** (this.#failures.length - 1);
      this.#restart = clock.setTimeout(() => this.#start(), delayMs);
    }
  }

  /** Closes the room and ends its memberships. The connections stay open. */
  #giveUp(): void {
    const { record, events, store, system } = this.#input;
    const room = this.name;
    const { joined, awake, away } = record.roster;
    for (const id of [...joined.keys(), ...awake.keys()]) unlist(this.#input, id);
    const ids = [...joined.keys(), ...awake.keys(), ...[...away.values()].map(({ member }) => member.id)];
    for (const user of away.keys()) this.#input.absence.delete(user, room);
    for (const { subscriber } of joined.values()) {
      subscriber.port.unsubscribe(room);
      subscriber.send({ type: 'room.closed', room, refusal: ROOM_CLOSED }, nameRoom(room));
      events.emit('member.left', { room, member: subscriber.member, reason: 'room closed' });
    }
    for (const { subscriber, ref } of awake.values()) {
      if (ref !== undefined) system.stop(ref);
      subscriber.port.unsubscribe(room);
      subscriber.send({ type: 'room.refused', room, refusal: ROOM_CLOSED }, nameRoom(room));
    }
    stopListening({ context: this.#input });
    this.#end();
    if (record.occupied) events.emit('room.vacated', { room });
    events.emit('room.closed', { room });
    store
      .write(ids.map((id) => ({ type: 'remove', id })))
      .catch((error: unknown) => events.emit('store.failed', { room, error }));
  }

  #end(): void {
    this.#actor = undefined;
    this.#ended = true;
    this.#input.onEnd();
    for (const { event } of this.#held.splice(0)) answerAfterEnd(event, nameRoom(this.name));
    for (const callback of this.#endCallbacks.splice(0)) callback();
  }
}

function answerAfterEnd(event: RoomEvent, room: NamedSender): void {
  if (event.type === 'room.leave') event.subscriber.send({ type: 'room.left', room: room.id }, room);
  // A membership whose handler was still busy when the room ended.
  else if (event.type === 'member.recording') send(event.recorder, { type: 'membership.unrecorded' }, room);
  else refuseEvent(event, room);
}

/** Tells a client that its request is lost; false for an event that no client waits for. */
function refuseEvent(event: RoomEvent, room: NamedSender): boolean {
  switch (event.type) {
    case 'room.join':
      event.subscriber.send({ type: 'room.refused', room: room.id, refusal: ROOM_FAILED }, room);
      return true;
    case 'room.publish':
    case 'room.cleared':
      event.publisher.settle({ type: 'refused', refusal: ROOM_FAILED }, room);
      return true;
    case 'room.call':
    case 'room.callCleared':
      event.requester.settle(failCall('stopping', ROOM_FAILED.message), room);
      return true;
    case 'room.called':
      event.requester.settle(event.outcome, room);
      return true;
    case 'room.leave':
    case 'room.kick':
    case 'room.mute':
    case 'room.unmute':
    case 'room.close':
    case 'room.leftovers':
    case 'room.noted':
    case 'room.orphaned':
    case 'room.forgotten':
    case 'room.resumed':
    case 'member.recording':
    case 'member.joined':
    case 'member.withdrawn':
    case 'member.leaving':
    case 'member.left':
    case 'member.refused':
    case 'member.failed':
      return false;
  }
}
