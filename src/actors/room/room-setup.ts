/** The delays, guards and actions that the chart of a room (room.ts) names. */

import { assertEvent, fromPromise, setup } from 'xstate';
import { createRefusal } from '../../protocol/errors.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import type { LoadedRoom, MembershipChange } from '../../storage/membership-store.ts';
import type { Recorder } from './journal.ts';
import type { MembershipEvent } from './membership.ts';
import {
  absorb,
  admit,
  beginLeave,
  delegate,
  dropFailed,
  endAbsence,
  isFromConnection,
  kick,
  moderate,
  publish,
  stopListening,
} from './room-effects.ts';
import type { RoomContext, RoomEvent, RoomInput } from './room-events.ts';
import { allowsMethod } from './room-options.ts';
import type { RoomStore } from './room-store.ts';

/** How long the store may take to tell a room's members before the room opens without them. */
const OPEN_DEADLINE_MS = 10_000;
/** How long a write may take before it counts as a failure of the store. */
const WRITE_STALL_MS = 10_000;
/** First and longest wait before a failed write is tried again; it doubles in between. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;
/** How long a closing room tries to get its last changes written. */
const CLOSE_DEADLINE_MS = 5_000;
/** The longest delay that timers can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface SyncInput {
  readonly store: RoomStore;
  readonly load: boolean;
  readonly changes: readonly MembershipChange[];
}

const SHUTTING_DOWN = createRefusal('notAvailable', 'the server is shutting down');

export const roomSetup = setup({
  types: {
    context: {} as RoomContext,
    input: {} as RoomInput,
    events: {} as RoomEvent,
  },
  actors: {
    sync: fromPromise<LoadedRoom | undefined, SyncInput>(async ({ input }) => {
      const loaded = input.load ? await input.store.load() : undefined;
      await input.store.write(input.changes);
      return loaded;
    }),
  },
  delays: {
    openDeadline: OPEN_DEADLINE_MS,
    writeStall: WRITE_STALL_MS,
    closeDeadline: CLOSE_DEADLINE_MS,
    flush: ({ context }) => context.flushMs,
    retry: ({ context }) => Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(context.attempts, 10)),
    linger: ({ context }) => context.record.options.lingerMs,
    refill: ({ context: { record, clock } }) => record.meter?.waitMs(clock.now()) ?? 0,
    nextExpiry: ({ context: { record, clock, awayTtlMs } }) =>
      Math.min(MAX_TIMER_MS, Math.max(0, (record.roster.nextExpiry(awayTtlMs) ?? 0) - clock.now())),
  },
  guards: {
    isLoaded: ({ context }) => context.record.loaded,
    isMuted: ({ context }) => context.record.muted,
    hasChanges: ({ context }) => !context.record.journal.isEmpty,
    hasAwake: ({ context }) => context.record.roster.awake.size > 0,
    isForgettable: ({ context: { record } }) =>
      record.loaded && record.journal.isEmpty && record.roster.away.size === 0,

    isFull: ({ context: { record } }) => record.roster.seats >= record.options.capacity,
    isOccupied: ({ context }) => context.record.roster.seats > 0,
    takesLastSeat: ({ context: { record } }) => record.roster.seats + 1 >= record.options.capacity,
    isOnlySeat: ({ context }) => context.record.roster.seats <= 1,
    hasAway: ({ context }) => context.record.roster.away.size > 0,
    bringsBackLast: ({ context: { record }, event }) => {
      const user = 'subscriber' in event ? event.subscriber.member.user : undefined;
      return user !== undefined && record.roster.away.size === 1 && record.roster.away.has(user);
    },

    allowsCall: ({ context: { record }, event }) =>
      event.type === 'room.call' && allowsMethod(record.options.rpc, event.method),
    isOverRate: ({ context: { record, clock }, event }) =>
      record.meter !== undefined && isFromConnection(event) && !record.meter.allows(clock.now()),
    isModerated: ({ context: { record }, event }) =>
      record.options.handlers.onMessage !== undefined && isFromConnection(event),
    isFromServer: ({ event }) => !isFromConnection(event),
  },
  actions: {
    hold: ({ context, event }) => void context.held.push(event),
    releaseHeld: ({ context }) => {
      const held = context.held.splice(0);
      afterThis(() => {
        for (const event of held) context.send(event);
      });
    },
    announceOpened: ({ context: { record, events } }) => {
      if (record.opened) return;
      record.opened = true;
      events.emit('room.opened', { room: record.name });
    },
    announceClosed: ({ context: { record, events } }) => events.emit('room.closed', { room: record.name }),
    absorb: ({ context }, params: { loaded: LoadedRoom | undefined }) => {
      if (params.loaded !== undefined) absorb(context, params.loaded);
    },

    admit: ({ context, event }) => {
      assertEvent(event, 'room.join');
      admit(context, event.subscriber);
    },
    stopListening: ({ context }) => stopListening(context),
    refuseFull: ({ context: { record, events }, event }) => {
      assertEvent(event, 'room.join');
      const room = record.name;
      const refusal = createRefusal('limitExceeded', `${room} is full`);
      events.emit('member.refused', { room, member: event.subscriber.member, refusal });
      event.subscriber.send({ type: 'room.refused', room, refusal });
    },
    beginLeave: ({ context, event }) => {
      assertEvent(event, 'room.leave');
      beginLeave(context, event.subscriber, event.reason);
    },
    kick: ({ context, event }) => {
      assertEvent(event, 'room.kick');
      kick(context, event.id, event.refusal);
    },
    seat: ({ context: { record, events }, event }) => {
      assertEvent(event, 'member.joined');
      const { subscriber, joinedAt, resumed } = event;
      record.roster.awake.delete(subscriber.member.id);
      record.roster.joined.set(subscriber.member.id, { subscriber, joinedAt });
      events.emit('member.joined', { room: record.name, member: subscriber.member, resumed });
    },
    unseat: ({ context: { record }, event }) => {
      assertEvent(event, 'member.leaving');
      record.roster.joined.delete(event.id);
    },
    seeOff: ({ context: { record, events }, event }) => {
      assertEvent(event, 'member.left');
      const { subscriber, reason } = event;
      record.roster.awake.delete(subscriber.member.id);
      events.emit('member.left', { room: record.name, member: subscriber.member, reason });
    },
    forget: ({ context: { record }, event }) => {
      assertEvent(event, 'member.withdrawn');
      record.roster.awake.delete(event.id);
    },
    turnAway: ({ context, event }) => {
      assertEvent(event, 'member.refused');
      const { subscriber, refusal } = event;
      const { record, events } = context;
      record.roster.awake.delete(subscriber.member.id);
      events.emit('member.refused', { room: record.name, member: subscriber.member, refusal });
      // A user who may not come back is not away any more.
      if (refusal.error === 'permissionDenied') endAbsence(context, subscriber.member.user);
    },
    dropFailed: ({ context, event }) => {
      assertEvent(event, 'member.failed');
      dropFailed(context, event.subscriber, event.error);
    },
    endAbsence: ({ context, event }) => {
      assertEvent(event, 'member.joined');
      endAbsence(context, event.subscriber.member.user);
    },
    expireAway: ({ context }) => {
      const { record, clock, awayTtlMs } = context;
      for (const { user, awaySince } of record.roster.away.values()) {
        if (awaySince + awayTtlMs <= clock.now()) endAbsence(context, user, 'expired');
      }
    },

    publish: ({ context, event }) => {
      if (event.type !== 'room.publish' && event.type !== 'room.cleared') return;
      if (event.type === 'room.publish' && event.publisher.member !== undefined)
        context.record.meter?.spend();
      publish(context, event.data, event.publisher);
    },
    moderate: ({ context, event }) => {
      assertEvent(event, 'room.publish');
      context.record.meter?.spend();
      moderate(context, event.data, event.publisher);
    },
    delegate: ({ context, event }) => {
      if (event.type !== 'room.call') return;
      delegate(context, event.method, event.args, event.requester);
    },
    refuseCall: ({ event }) => {
      assertEvent(event, 'room.call');
      event.requester.settle(failCall('notAllowed'));
    },
    answerCall: ({ event }) => {
      if (event.type !== 'room.called') return;
      event.requester.settle(event.outcome);
    },
    refuseThrottled: ({ context: { record }, event }) => {
      assertEvent(event, 'room.publish');
      const message = `${record.name} takes ${record.options.messagesPerSecond} messages a second`;
      const refusal = createRefusal('tooManyRequests', message);
      event.publisher.settle({ type: 'refused', refusal });
    },
    refuseMuted: ({ context: { record }, event }) => {
      assertEvent(event, ['room.publish', 'room.cleared']);
      const refusal = createRefusal('permissionDenied', `${record.name} is muted`);
      event.publisher.settle({ type: 'refused', refusal });
    },
    noteMuted: ({ context }, params: { muted: boolean }) => {
      context.record.muted = params.muted;
    },

    record: ({ context, event }) => {
      assertEvent(event, 'member.recording');
      context.record.journal.record(event.change, event.recorder);
    },
    recordWhileFailing: ({ context, event }) => {
      assertEvent(event, 'member.recording');
      context.record.journal.recordWhileFailing(event.change, event.recorder);
    },
    confirmWrite: ({ context }) => {
      context.attempts = 0;
      tell(context.record.journal.confirm(), { type: 'membership.recorded' });
    },
    giveBackWrite: ({ context }) => {
      context.attempts += 1;
      tell(context.record.journal.giveBack(), { type: 'membership.unrecorded' });
    },
    reportStoreFailed: ({ context: { record, events } }, params: { error: unknown }) =>
      events.emit('store.failed', { room: record.name, error: params.error }),
    reportStoreRecovered: ({ context: { record, events } }) =>
      events.emit('store.recovered', { room: record.name }),

    refuseClosing: ({ context: { record }, event }) => {
      assertEvent(event, ['room.join', 'room.publish', 'room.cleared', 'room.call']);
      if (event.type === 'room.join') {
        event.subscriber.send({ type: 'room.refused', room: record.name, refusal: SHUTTING_DOWN });
      } else if (event.type === 'room.call') event.requester.settle(failCall('stopping'));
      else event.publisher.settle({ type: 'refused', refusal: SHUTTING_DOWN });
    },
  },
});

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
function afterThis(effect: () => void): void {
  queueMicrotask(effect);
}
