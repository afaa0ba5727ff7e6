/**
 * Who sends which event, by the kind of actor that receives it, as far as the event tells. Of most events only
 * one party can be the sender; where there are several, the table names the usual one and the others.
 */

import type { EventObject } from 'xstate';
import type { ConnectionContext, ConnectionEvent } from '../../actors/connection/connection-setup.ts';
import { nameMembership, type MembershipEvent } from '../../actors/room/membership.ts';
import type { Publisher } from '../../actors/room/ports.ts';
import type { ModerationEvent, ModerationInput } from '../../actors/room/moderation.ts';
import type { RoomContext, RoomEvent } from '../../actors/room/room-events.ts';
import type { ServerEvent } from '../../actors/server/server.ts';
import type { TarsProxyContext, TarsProxyEvent } from '../../actors/servant/tars-proxy-events.ts';
import type { MachineName, Outside } from '../feed/feed-protocol.ts';
import { splitId } from '../population/population.ts';

/** The usual sender, and who else may send it: always an actor that is handling an event at that moment. */
export type Sender<Event, Context = unknown> = UsualSender<Event, Context> & {
  readonly or?: readonly (MachineName | 'itself')[];
};

type UsualSender<Event, Context> =
  | { readonly outside: Outside }
  | { readonly itself: true }
  | {
      readonly kind: MachineName;
      /** Which one, as far as it can be told. */
      readonly id?: (event: Event, receiver: string, context: Context) => string | undefined;
      /** Who it is when that cannot be told. */
      readonly otherwise?: Outside;
    };

type Senders<Event extends EventObject, Context> = {
  readonly [Type in Event['type']]: Sender<Extract<Event, { readonly type: Type }>, Context>;
};

const ITSELF = { itself: true } as const;
const SOCKET = { outside: 'socket' } as const;
const SERVANT = { outside: 'servant' } as const;
const TIMER = { outside: 'timer' } as const;
const LIBRARY = { outside: 'library' } as const;
const SERVER = { kind: 'server', id: () => 'server' } as const;

/** A command comes from the socket. One that had to wait, or that brings a user back, comes from the connection. */
const COMMAND = { outside: 'socket', or: ['itself'] } as const;

const PUBLISHER = {
  kind: 'connection',
  id: ({ publisher }: { readonly publisher: Publisher }) => publisher.member?.id,
  otherwise: 'library',
} as const;

const JOINER = {
  kind: 'connection',
  id: ({ subscriber }: { readonly subscriber: { readonly member: { readonly id: string } } }) =>
    subscriber.member.id,
} as const;

/** What a connection hears of its place in a room. */
const ROOM_FACT = {
  kind: 'room',
  id: ({ room }: { readonly room: string }) => room,
  or: ['membership'],
} as const;

const JOINING = {
  kind: 'membership',
  id: ({ subscriber }: { readonly subscriber: { readonly member: { readonly id: string } } }, room: string) =>
    nameMembership(subscriber.member.id, room),
} as const;

const MEMBER = {
  kind: 'membership',
  id: ({ id }: { readonly id: string }, room: string) => nameMembership(id, room),
} as const;

const connection: Senders<ConnectionEvent, ConnectionContext> = {
  ping: COMMAND,
  'command.unknown': COMMAND,
  'command.malformed': COMMAND,
  connect: COMMAND,
  'room.join': COMMAND,
  'room.resume': ITSELF,
  'room.leave': COMMAND,
  'room.publish': COMMAND,
  'room.call': COMMAND,
  'server.broadcast': COMMAND,
  'connection.greeted': SOCKET,
  'greeting.expired': TIMER,
  'protocol.violated': SOCKET,
  'queue.overflowed': SOCKET,
  'room.joined': { kind: 'membership', id: ({ room }, connection) => nameMembership(connection, room) },
  'room.left': ROOM_FACT,
  'room.refused': ROOM_FACT,
  'room.closed': { kind: 'room', id: ({ room }) => room },
  'command.pending': ITSELF,
  // The event does not tell what was settled, nor by whom.
  'command.settled': { kind: 'room', or: ['itself', 'room', 'moderation', 'server'] },
  'call.answered': { kind: 'room', or: ['room'] },
  'socket.congested': SOCKET,
  'socket.drained': SOCKET,
  'socket.overflowed': SOCKET,
  'socket.closed': SOCKET,
  'server.disconnect': LIBRARY,
  'server.draining': SERVER,
};

const membership: Senders<MembershipEvent, unknown> = {
  // At a shutdown, where nothing is recorded, it sends this to itself.
  'membership.recorded': { kind: 'room', id: (_, id) => splitId(id).room, or: ['itself'] },
  'membership.unrecorded': { kind: 'room', id: (_, id) => splitId(id).room },
  'membership.listing': { kind: 'room', id: (_, id) => splitId(id).room },
  'membership.refuse': { kind: 'room', id: (_, id) => splitId(id).room },
  'membership.leave': { kind: 'room', id: (_, id) => splitId(id).room },
};

const moderation: Senders<ModerationEvent, ModerationInput> = {
  'moderation.abandon': { kind: 'connection', id: (_, __, { member }) => member.id },
};

const room: Senders<RoomEvent, RoomContext> = {
  'room.join': JOINER,
  'room.leave': JOINER,
  'room.publish': PUBLISHER,
  'room.cleared': { kind: 'moderation', or: ['moderation'], otherwise: 'handler' },
  'room.call': { kind: 'connection', id: ({ requester }) => requester.member.id },
  'room.called': SERVANT,
  'room.kick': LIBRARY,
  'room.mute': LIBRARY,
  'room.unmute': LIBRARY,
  'room.close': SERVER,
  'room.leftovers': ITSELF,
  'room.noted': ITSELF,
  'member.recording': {
    kind: 'membership',
    id: ({ change }, room) => nameMembership(change.type === 'put' ? change.member.id : change.id, room),
  },
  'member.joined': JOINING,
  'member.withdrawn': MEMBER,
  'member.leaving': MEMBER,
  'member.left': JOINING,
  'member.refused': JOINING,
  'member.failed': JOINING,
};

const tarsProxy: Senders<TarsProxyEvent, TarsProxyContext> = {
  'rpc.call': { outside: 'library', or: ['room', 'membership', 'moderation'] },
  'call.due': TIMER,
  'call.expired': TIMER,
  'link.replied': SERVANT,
  'link.lost': SERVANT,
  'link.writable': SERVANT,
  'link.closed': SERVANT,
  'proxy.stop': SERVER,
};

const server: Senders<ServerEvent, unknown> = {
  'server.broadcast': PUBLISHER,
  'server.stop': LIBRARY,
};

/** By the kind of the receiver and the event's type: each type of event that its chart knows. */
export const SENDERS: Readonly<
  Record<MachineName, Readonly<Record<string, Sender<EventObject> | undefined>>>
> = { server, connection, membership, moderation, room, tarsProxy } as never;

/** Who starts an actor, by its kind, where that is somebody that can be told. */
export const STARTERS: Readonly<Partial<Record<MachineName, Sender<EventObject>>>> = {
  connection: SOCKET,
  membership: { kind: 'room', id: (_, id) => splitId(id).room },
  moderation: { kind: 'room', id: (_, id) => splitId(id).room },
};

/** What an invoked actor stands for, by the machine and the name of the invoked actor. */
export const INVOKED: Readonly<Record<MachineName, Readonly<Record<string, Outside>>>> = {
  server: {
    restore: 'store',
    bind: 'socket',
    emptyConnections: 'socket',
    closeRooms: 'store',
    release: 'store',
  },
  connection: {},
  membership: { authorize: 'handler', hearRoom: 'broker', beListed: 'broker', sayGoodbye: 'handler' },
  moderation: { moderate: 'handler' },
  room: { sync: 'store' },
  tarsProxy: { connect: 'servant' },
};
