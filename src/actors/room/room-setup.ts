/** The delays, guards and actions that the chart of a room (room.ts) names. */

import { fromPromise, raise, setup } from 'xstate';
import type { Sender } from '../runtime/sender.ts';
import type { LoadedRoom, MembershipChange } from '../../storage/membership-store.ts';
import { absorb, endAbsence, endAbsenceHere, expireAway } from './absence-effects.ts';
import { announceVacated } from './announcements.ts';
import {
  answerCall,
  delegate,
  moderate,
  moderateCall,
  noteMuted,
  publish,
  refuseCall,
  refuseMessage,
  refuseMuted,
  refuseThrottled,
  refuseUnruled,
} from './broadcast-effects.ts';
import {
  afterThis,
  confirmWrite,
  giveBackWrite,
  noteAll,
  record,
  recordWhileFailing,
  reportDropped,
  reportStoreFailed,
  reportStoreRecovered,
} from './journal-effects.ts';
import {
  admit,
  beginLeave,
  dropFailed,
  forget,
  kick,
  refuseForbidden,
  refuseFull,
  refuseJoin,
  refuseJoins,
  seat,
  seeOff,
  stopListening,
  turnAway,
  unseat,
} from './occupancy-effects.ts';
import type { MemberInfo } from '../../protocol/command.ts';
import type { RoomContext, RoomEvent, RoomInput } from './room-events.ts';
import type { RoomRecord } from './room-record.ts';
import { allowsCall, allowsJoin, allowsPublish } from './rules/refuse-by-rules.ts';
import type { Asker } from './rules/rules.ts';
import type { RoomStore } from './room-store.ts';

/**
 * How long the store may be at work on one call. Then a room opens without the members that it was asked for, and a
 * write counts as a failure of the store.
 */
const STORE_DEADLINE_MS = 10_000;
/** First and longest wait before a failed write is tried again; it doubles in between. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;
/** How long a room stays that nobody has joined. It is not opened anew for each message of a row. */
const GUEST_LINGER_MS = 250;
/** How long a closing room tries to get its last changes written. */
const CLOSE_DEADLINE_MS = 5_000;

export interface SyncInput {
  readonly store: RoomStore;
  readonly load: boolean;
  readonly changes: readonly MembershipChange[];
  /** Somebody waits for it. */
  readonly isUrgent: boolean;
}

export const roomSetup = setup({
  types: {
    context: {} as RoomContext,
    input: {} as RoomInput,
    events: {} as RoomEvent,
  },
  actors: {
    sync: fromPromise<LoadedRoom | undefined, SyncInput>(async ({ input }) => {
      const { store, load, changes, isUrgent } = input;
      const loaded = load ? await store.load(isUrgent) : undefined;
      await store.write(changes, isUrgent);
      return loaded;
    }),
  },
  delays: {
    timeout: ({ context }) => STORE_DEADLINE_MS - context.store.workingMs(),
    closeDeadline: CLOSE_DEADLINE_MS,
    flush: ({ context }) => context.flushMs,
    retry: ({ context }) => Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(context.attempts, 10)),
    linger: ({ context: { record, clock } }) =>
      record.hadMembers
        ? record.options.lingerMs
        : Math.max(GUEST_LINGER_MS, record.meter?.fullInMs(clock.monotonic()) ?? 0),
    refill: ({ context: { record, clock } }) => record.meter?.waitMs(clock.monotonic()) ?? 0,
    nextExpiry: ({ context: { record, clock } }) =>
      Math.max(0, (record.roster.nextExpiry() ?? 0) - clock.monotonic()),
  },
  guards: {
    /** It is not where the call waited for its turn at the store. */
    isLate: ({ context }) => context.store.workingMs() >= STORE_DEADLINE_MS,
    isOrphaned: ({ context }) => context.record.orphaned,
    isLoaded: ({ context }) => context.record.loaded,
    isMuted: ({ context }) => context.record.muted,
    hasChanges: ({ context }) => !context.record.journal.isEmpty,
    hasAwake: ({ context }) => context.record.roster.awake.size > 0,
    /** A room that nobody has joined stays for its messages: those that are judged, and those that its rate counts. */
    isIdle: ({ context: { record, clock } }) =>
      record.hadMembers ||
      (record.moderations.size === 0 && (record.meter?.fullInMs(clock.monotonic()) ?? 0) === 0),
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

    isForbiddenToJoin: ({ context: { record }, event }) =>
      event.type === 'room.join' && !allowsJoin(record.options, event.subscriber.member, event.entry),
    /** What the server itself publishes is ruled by nobody. */
    isForbiddenToPublish: ({ context: { record }, event }) => {
      if (record.options.rules.publish === 'anyone' && record.options.owners === undefined) return false;
      if (event.type !== 'room.publish') return false;
      const { member } = event.publisher;
      return member !== undefined && !allowsPublish(record.options, member, toAsker(record, member).seat);
    },
    forbidsCall: ({ context: { record }, event }) =>
      event.type === 'room.call' &&
      !allowsCall(record.options, event.method, toAsker(record, event.requester.member)),
    isCallModerated: ({ context: { record } }) => record.options.handlers.onCall !== undefined,
    isOverRate: ({ context: { record, clock }, event }) =>
      record.meter !== undefined && isFromConnection(event) && !record.meter.allows(clock.monotonic()),
    isModerated: ({ context: { record }, event }) =>
      ((record.options.handlers.onMessage !== undefined || record.options.questions?.publish !== undefined) &&
        isFromConnection(event)) ||
      record.options.check !== undefined,
    isCheckedOfServer: ({ context: { record }, event }) =>
      record.options.check !== undefined && !isFromConnection(event),
    isFromServer: ({ event }) => !isFromConnection(event),
  },
  actions: {
    hold: ({ context, event }) => void context.held.push(event),
    releaseHeld: ({ context }) => {
      const held = context.held.splice(0);
      afterThis(() => {
        for (const event of held) context.send(event, askerOf(event));
      });
    },
    announceOpened: ({ context: { record, events } }) => {
      if (record.opened) return;
      record.opened = true;
      events.emit('room.opened', { room: record.name });
    },
    announceVacated,
    announceClosed: ({ context: { record, events } }) => events.emit('room.closed', { room: record.name }),

    admit,
    refuseForbidden,
    refuseFull,
    refuseJoin,
    refuseJoins,
    beginLeave,
    kick,
    seat,
    unseat,
    seeOff,
    forget,
    turnAway,
    dropFailed,
    stopListening,

    absorb,
    endAbsence,
    endAbsenceHere,
    expireAway,
    announceLeftovers: raise({ type: 'room.leftovers' }),

    publish,
    moderate,
    moderateCall,
    delegate,
    answerCall,
    refuseCall,
    refuseThrottled,
    refuseUnruled,
    refuseMuted,
    refuseMessage,
    noteMuted,

    noteOrphaned: ({ context: { record } }) => {
      record.orphaned = true;
    },
    /** What becomes orphaned from now on is read later. */
    beginReading: ({ context: { record } }) => {
      record.orphaned = false;
      record.loaded = false;
    },
    noteAll,
    record,
    recordWhileFailing,
    confirmWrite,
    giveBackWrite,
    reportStoreFailed,
    reportDropped,
    reportStoreRecovered,
  },
});

/** A connection as the room's rules look at it. */
function toAsker({ roster }: RoomRecord, member: MemberInfo): Asker {
  const seated = roster.joined.get(member.id);
  return { member, seat: seated && { isGranted: seated.grant !== undefined } };
}

/** Whether an event carries a connection's message, and not the server's own. */
function isFromConnection(event: RoomEvent): boolean {
  return 'publisher' in event && event.publisher.member !== undefined;
}

/** Who asked for what was held. */
function askerOf(event: RoomEvent): Sender | undefined {
  if ('subscriber' in event) return event.subscriber.sender;
  if ('publisher' in event) return event.publisher.sender;
  return 'requester' in event ? event.requester.sender : undefined;
}
