/** What a room does with the changes that its store does not have yet; when it does so is the chart's (room.ts). */

import type { MembershipChange } from '../../storage/membership-store.ts';
import type { PresentMember } from '../../broker/presence/presence.ts';
import { send } from '../runtime/send.ts';
import type { Recorder } from './journal.ts';
import type { MembershipEvent } from './membership-setup.ts';
import { ask } from './parts/parts.ts';
import { takeSeat } from './parts/seat.ts';
import type { RoomArgs, RoomContext } from './room-events.ts';

/** A change, and who waits until it is recorded. */
export interface Recording {
  readonly change: MembershipChange;
  readonly listed?: PresentMember | undefined;
  readonly recorder: Recorder;
}

export function record({ context }: RoomArgs, { change, listed, recorder }: Recording): void {
  context.record.journal.record(change, new RoomRecorder(context, listed, recorder));
}

export function recordWhileFailing({ context }: RoomArgs, { change, listed, recorder }: Recording): void {
  context.record.journal.recordWhileFailing(change, new RoomRecorder(context, listed, recorder));
}

/** Tells a membership in the room's name. A join that is recorded is listed by the presence before that. */
class RoomRecorder implements Recorder {
  readonly #context: RoomContext;
  /** Of a join: what the presence is told. */
  readonly #listed: PresentMember | undefined;
  readonly #recorder: Recorder;

  constructor(context: RoomContext, listed: PresentMember | undefined, recorder: Recorder) {
    this.#context = context;
    this.#listed = listed;
    this.#recorder = recorder;
  }

  send(event: MembershipEvent): void {
    const listing = event.type === 'membership.recorded' ? this.#list(this.#listed) : undefined;
    const told = listing === undefined ? event : ({ type: 'membership.listing', listing } as const);
    send(this.#recorder, told, this.#context.self);
  }

  #list(member: PresentMember | undefined): Promise<void> | undefined {
    const { clock, presence, record: room } = this.#context;
    // The membership may have ended before the store answered.
    if (member === undefined || !room.roster.awake.has(member.id)) return undefined;
    return ask(clock, () => takeSeat(presence.add(room.name, member, room.options.capacity)));
  }
}

/** Takes a change that nobody waits for. The chart hears of it by an event: `raise` would leave the fast lane, for each refused join. */
export function note(context: RoomContext, change: MembershipChange): void {
  context.record.journal.note(change);
  context.send({ type: 'room.noted' }, context.self);
}

/** Has the store told of all members again. */
export function noteAll({ context }: RoomArgs): void {
  const { joined, away } = context.record.roster;
  for (const { subscriber, joinedAt } of joined.values()) {
    const { id, user } = subscriber.member;
    note(context, { type: 'put', member: { id, ...(user !== undefined && { user }), joinedAt } });
  }
  for (const { member } of away.values()) note(context, { type: 'put', member });
}

/** The number of attempts is kept in place, as all that a room keeps (docs/decisions/0005-ports-and-an-event-bus.md). */
export function confirmWrite({ context }: RoomArgs): void {
  context.attempts = 0;
  tell(context.record.journal.confirm(), { type: 'membership.recorded' });
}

export function giveBackWrite({ context }: RoomArgs): void {
  context.attempts += 1;
  tell(context.record.journal.giveBack(), { type: 'membership.unrecorded' });
}

export function reportStoreFailed(
  { context: { record, events } }: RoomArgs,
  { error }: { readonly error: unknown },
): void {
  events.emit('store.failed', { room: record.name, error });
}

/** Tells that what the store has not been told is lost. */
export function reportDropped({
  context: { record, events },
}: {
  readonly context: Pick<RoomContext, 'record' | 'events'>;
}): void {
  const { name: room, journal } = record;
  if (!journal.isEmpty) events.emit('store.dropped', { room, changes: journal.size });
}

export function reportStoreRecovered({ context: { record, events } }: RoomArgs): void {
  events.emit('store.recovered', { room: record.name });
}

function tell(recorders: readonly Recorder[], event: MembershipEvent): void {
  if (recorders.length === 0) return;
  afterThis(() => {
    for (const recorder of recorders) recorder.send(event);
  });
}

/**
 * Does what comes back to the room as events when the machine has finished with what it is doing: the
 * supervisor (supervised-room.ts) can then tell which event a failure belongs to.
 */
export function afterThis(effect: () => void): void {
  queueMicrotask(effect);
}
