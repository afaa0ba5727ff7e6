/**
 * Whom the actions of the machines speak to, besides what they tell the events: sockets, the broker, servants, and
 * actors, which hear it as an event. An action that only keeps or reports something is `quiet`.
 */

import type { EventObject } from 'xstate';
import {
  roomsOf,
  type ConnectionContext,
  type ConnectionEvent,
} from '../../actors/connection/connection-setup.ts';
import { nameMembership } from '../../actors/room/membership.ts';
import type { RoomContext, RoomEvent } from '../../actors/room/room-events.ts';
import type { ServerEvent } from '../../actors/server/server.ts';
import type { TarsProxyContext } from '../../actors/servant/tars-proxy-events.ts';
import type { ActorAddress, MachineName, Party } from '../feed/feed-protocol.ts';
import { splitId } from '../population/population.ts';

/** An action about to run: its actor's id and context, and the event that the actor is at work on. */
export interface Scene<Event = EventObject, Context = unknown> {
  readonly id: string;
  readonly context: Context;
  readonly event: Event;
}

type Effect<Event = EventObject, Context = unknown> = (scene: Scene<Event, Context>) => readonly Party[];

type Effects<Event = EventObject, Context = unknown> = Readonly<Record<string, Effect<Event, Context>>>;

const NOBODY: readonly Party[] = [];
const SOCKET: readonly Party[] = [{ outside: 'socket' }];
const BROKER: readonly Party[] = [{ outside: 'broker' }];
const LIBRARY: readonly Party[] = [{ outside: 'library' }];
const SERVANT: readonly Party[] = [{ outside: 'servant' }];
const SERVER: readonly Party[] = [{ kind: 'server', id: 'server' }];

const quiet = (): readonly Party[] => NOBODY;
const toSocket = (): readonly Party[] => SOCKET;
const toServant = (): readonly Party[] => SERVANT;

const toRoomOfEvent = ({ event }: Scene<ConnectionEvent, ConnectionContext>): readonly Party[] =>
  'room' in event ? [{ kind: 'room', id: event.room }] : NOBODY;

const connection: Effects<ConnectionEvent, ConnectionContext> = {
  startDeadline: quiet,
  stopDeadline: quiet,
  announceOpen: quiet,
  resumeMemberships: quiet,
  replyConnected: toSocket,
  replyPong: toSocket,
  replyUnknown: toSocket,
  replyRefused: toSocket,
  replyAlreadyMember: toSocket,
  replyNotMember: toSocket,
  refuseName: toSocket,
  refuseMoreRooms: toSocket,
  pushMoreRooms: toSocket,
  refuseMoreCalls: toSocket,
  answerCall: toSocket,
  answerJoined: toSocket,
  answerLeft: toSocket,
  answerRefused: toSocket,
  tellPutOut: ({ context, event }) => ('room' in event && context.joined.has(event.room) ? SOCKET : NOBODY),
  join: toRoomOfEvent,
  resume: toRoomOfEvent,
  leave: toRoomOfEvent,
  publish: toRoomOfEvent,
  call: toRoomOfEvent,
  broadcast: () => SERVER,
  close: toSocket,
  leaveRooms: ({ context }) => [...roomsOf(context)].map((id) => ({ kind: 'room', id })),
  announceClosed: quiet,
};

const membership: Effects = {
  recordJoin: ({ id }) => [roomOf(id)],
  recordLeave: ({ id }) => [roomOf(id)],
  unlist: ({ id }) => [roomOf(id)],
  letIn: ({ id }) => [...SOCKET, connectionOf(id), roomOf(id)],
  letOut: ({ id }) => [...SOCKET, roomOf(id)],
  tellLeft: ({ id }) => [connectionOf(id), roomOf(id)],
  tellWithdrawn: ({ id }) => [connectionOf(id), roomOf(id)],
  tellRefused: ({ id }) => [connectionOf(id), roomOf(id)],
  noteReason: quiet,
  noteRefusal: quiet,
  noteListing: quiet,
  reportHandler: quiet,
};

const moderation: Effects = {
  clear: ({ id }) => [roomOf(id)],
  settle: toSocket,
  reportHandler: quiet,
};

const room: Effects<RoomEvent, RoomContext> = {
  hold: quiet,
  releaseHeld: quiet,
  announceOpened: quiet,
  announceClosed: quiet,
  absorb: quiet,
  admit: ({ id, event }) => ('subscriber' in event ? [membershipOf(event.subscriber.member.id, id)] : NOBODY),
  stopListening: quiet,
  refuseFull: toJoiner,
  refuseJoin: toJoiner,
  refuseJoins: ({ id, context }) =>
    [...context.record.roster.awake.keys()].map((member) => membershipOf(member, id)),
  beginLeave: ({ id, event, context }) => {
    if (!('subscriber' in event)) return NOBODY;
    const member = event.subscriber.member.id;
    const { awake, joined } = context.record.roster;
    return awake.has(member) || joined.has(member) ? [membershipOf(member, id)] : toJoiner({ event });
  },
  kick: ({ id, event, context }) =>
    event.type === 'room.kick' && context.record.roster.joined.has(event.id)
      ? [{ kind: 'connection', id: event.id }, membershipOf(event.id, id)]
      : NOBODY,
  seat: quiet,
  unseat: quiet,
  seeOff: quiet,
  forget: quiet,
  turnAway: quiet,
  dropFailed: toJoiner,
  endAbsence: quiet,
  expireAway: quiet,
  announceLeftovers: quiet,
  publish: ({ event }) => [...BROKER, ...toPublisher({ event })],
  moderate: ({ id, context }) => [{ kind: 'moderation', id: `${context.record.judged + 1}@${id}` }],
  // A proxy is named as the servant; whether there is one is seen when it hears of the call.
  delegate: ({ event }) =>
    event.type === 'room.call'
      ? [{ kind: 'tarsProxy', id: event.method.split('.', 1)[0] ?? event.method }]
      : NOBODY,
  refuseCall: toRequester,
  answerCall: toRequester,
  refuseThrottled: toPublisher,
  refuseMuted: toPublisher,
  refuseMessage: toPublisher,
  noteMuted: quiet,
  // Who waits for the record, and whether it is told now or later, is the journal's: the membership hears it.
  record: quiet,
  recordWhileFailing: quiet,
  confirmWrite: quiet,
  giveBackWrite: quiet,
  reportStoreFailed: quiet,
  reportStoreRecovered: quiet,
};

const tarsProxy: Effects<EventObject, TarsProxyContext> = {
  wait: quiet,
  dispatch: toServant,
  dispatchWaiting: toServantForWaiting,
  dispatchTry: toServantForWaiting,
  refuse: quiet,
  refuseAsLast: quiet,
  receive: quiet,
  receiveLate: quiet,
  expire: quiet,
  loseCalls: quiet,
  noteConnected: quiet,
  noteConnectFailure: quiet,
  failWaiting: quiet,
  noteOpening: quiet,
  announceCircuit: quiet,
  closeLink: toServant,
  failAll: quiet,
};

const server: Effects<ServerEvent> = {
  noteAddress: quiet,
  noteError: quiet,
  announceListening: quiet,
  announceStopped: quiet,
  broadcast: ({ event }) => [...BROKER, ...toPublisher({ event })],
  refuseBroadcast: toPublisher,
};

/** By the kind of the actor and the action's name: every action of every machine. */
export const EFFECTS: Readonly<Record<MachineName, Effects>> = {
  server,
  connection,
  membership,
  moderation,
  room,
  tarsProxy,
} as never;

function toJoiner({ event }: { readonly event: RoomEvent }): readonly Party[] {
  return 'subscriber' in event ? [{ kind: 'connection', id: event.subscriber.member.id }] : NOBODY;
}

function toRequester({ event }: { readonly event: RoomEvent }): readonly Party[] {
  return 'requester' in event ? [{ kind: 'connection', id: event.requester.member.id }] : NOBODY;
}

/** The answer of a connection goes to its socket: the connection hears only of what it waited for. */
function toPublisher({ event }: { readonly event: RoomEvent | ServerEvent }): readonly Party[] {
  if (!('publisher' in event)) return NOBODY;
  return event.publisher.member === undefined ? LIBRARY : SOCKET;
}

function toServantForWaiting({ context }: Scene<EventObject, TarsProxyContext>): readonly Party[] {
  return context.calls.waiting.size > 0 ? SERVANT : NOBODY;
}

function roomOf(id: string): ActorAddress {
  return { kind: 'room', id: splitId(id).room };
}

function connectionOf(id: string): ActorAddress {
  return { kind: 'connection', id: splitId(id).part };
}

function membershipOf(connection: string, room: string): ActorAddress {
  return { kind: 'membership', id: nameMembership(connection, room) };
}
