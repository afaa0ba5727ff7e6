/** What a connection is given, keeps and hears; the chart is in connection.ts. */

import type { RefreshOrder } from '../../broker/control/control.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { Codec } from '../../protocol/codec.ts';
import type {
  CallOutcome,
  Command,
  ConnectRequest,
  Emulation,
  Json,
  MemberInfo,
  Reply,
} from '../../protocol/command.ts';
import type { Ending } from '../../protocol/endings.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { Grounds } from '../../protocol/grounds.ts';
import type { Clock } from '../../system/clock.ts';
import type {
  ApplicationPort,
  ConnectionPort,
  CustomClose,
  ProofOutcome,
  QueriesPort,
  RoomFact,
  RoomGrant,
  RoomsPort,
} from '../room/ports.ts';
import type { ConnectionQuestions, QuestionOutcome, RefreshResult } from '../backend/asking.ts';
import type { RevocationCheck } from '../room/rules/revocation-check.ts';
import type { StreamReading } from '../room/stream/stream-reading.ts';
import type { ActorSender } from '../runtime/sender.ts';
import type { TimerWheel, WheelTimer } from '../runtime/timer-wheel.ts';
import type { Authenticator, Handshake, Identity, IdentityOutcome } from './authenticator.ts';
import type { CommandQueue, QueuedCommand } from './command-queue.ts';
import type { ConnectionRates, RateRules } from './rates.ts';
import type { Seats } from './seats.ts';
import type { ConnectionSubscriber } from './subscriber.ts';
import type { UnderWay } from './under-way.ts';

export interface ConnectionLimits {
  /** Rooms a connection may be in at a time. */
  readonly roomsPerConnection: number;
  /** Bytes of commands that may wait for an earlier one; with more, the socket is closed. */
  readonly receiveQueueBytes: number;
  /** Calls and other questions that a connection may have under way. */
  readonly callsPerConnection: number;
  /** What may wait for all clients together, in bytes; 0: any number. */
  readonly sendMemoryBytes: number;
  /** Connections that a user may have at a time; 0: any number. */
  readonly connectionsPerUser: number;
}

/** How connections are asked for signs of life, where their protocol has that. */
export interface PingPolicy {
  readonly intervalMs: number;
  /** How long a client may take to answer. It is shorter than the interval. */
  readonly pongMs: number;
  /** From 0 to 1: spreads the first pings of clients that came at the same time. */
  readonly random: () => number;
}

/** What all connections of a server have in common. */
export interface ConnectionSurroundings {
  readonly rooms: RoomsPort;
  readonly queries: QueriesPort;
  readonly application: ApplicationPort;
  /** Absent: everybody is believed. */
  readonly authenticator: Authenticator | undefined;
  /** What a connection itself asks of the owner's backend. Absent: nothing. */
  readonly questions?: ConnectionQuestions | undefined;
  /** What is not believed any more. */
  readonly revocations: RevocationCheck;
  readonly limits: ConnectionLimits;
  /** What a connection may ask for in a second. Absent: any number of all. */
  readonly rateRules?: RateRules | undefined;
  readonly pings: PingPolicy;
  readonly events: EventSink;
}

/** What is known of a connection when its socket opens. */
export interface NewConnection {
  readonly member: MemberInfo;
  /** The peer's address as text. */
  readonly remoteAddress: string;
  /** What its protocol asks of the chart. */
  readonly protocol: Pick<Codec, 'greeting' | 'keepsOrder' | 'pings' | 'readsStreams'> & {
    readonly name?: string;
  };
  /** For the authenticator and for backends; absent where there is none. */
  readonly handshake?: Handshake | undefined;
  /** For a client without WebSocket: what its further requests name. */
  readonly emulation?: Emulation | undefined;
}

export interface ConnectionInput extends NewConnection, ConnectionSurroundings {
  readonly port: ConnectionPort;
  readonly clock: Clock;
  /** The timers of all connections. */
  readonly wheel: TimerWheel;
  /** The rooms in which a user is away. */
  readonly awayIn: (user: string | undefined) => readonly string[];
  /** The same of other nodes; undefined where there are none. It never rejects. */
  readonly awayElsewhere: ((user: string) => Promise<readonly string[]>) | undefined;
  /** How many connections a user has. */
  readonly countConnections: (user: string) => number;
  /** Tells that the connection has a user from now on. */
  readonly onIdentified: (member: MemberInfo) => void;
}

export type ConnectionEvent =
  | QueuedCommand
  | RoomFact
  /** The handshake has said who the client is. */
  | { readonly type: 'connection.greeted' }
  /** The client has not said in time who it is. */
  | { readonly type: 'greeting.expired' }
  | IdentityEvent
  /** The rooms were found in which its user is away on other nodes. */
  | ({ readonly type: 'absence.known' } & KnownAbsence)
  /** A new token of the connection was checked. `id` is the command's. */
  | { readonly type: 'refresh.answered'; readonly id: number | undefined; readonly outcome: IdentityOutcome }
  /** A new token for a room was checked. */
  | ({ readonly type: 'roomRefresh.answered' } & RoomRefreshed)
  /** The owner's backend was asked whether the connection may stay. */
  | { readonly type: 'renewal.answered'; readonly outcome: QuestionOutcome<RefreshResult> }
  /** The same of the connection in a room. */
  | ({ readonly type: 'seatRenewal.answered' } & SeatRenewed)
  /** The owner's backend has the connection closed. */
  | { readonly type: 'backend.closed'; readonly close: CustomClose }
  /** The time of the connection's token is over: a new one is waited for. */
  | { readonly type: 'credentials.due' }
  /** No new token came. */
  | { readonly type: 'credentials.expired' }
  /** The time of the connection in a room is over. */
  | { readonly type: 'seat.expired'; readonly room: string }
  /** The stream of a room had a hole when the client joined: the client does not know where it stands. */
  | { readonly type: 'join.broken'; readonly room: string }
  /** Too much waits for all clients, and most of it for this one. In bytes. */
  | { readonly type: 'socket.evicted'; readonly waiting: { readonly own: number; readonly all: number } }
  /** The client asks for far more than it may, and goes on. */
  | { readonly type: 'client.flooding' }
  /** A sign of life is asked for. */
  | { readonly type: 'ping.due' }
  /** The client has not answered a ping in time. */
  | { readonly type: 'pong.overdue' }
  /** The client broke its protocol. */
  | { readonly type: 'protocol.violated'; readonly close: CloseName }
  /** A command was not answered in its own turn, and its protocol keeps the order of answers. */
  | { readonly type: 'command.pending' }
  /** A message or broadcast that was under way is answered. */
  | { readonly type: 'command.settled' }
  | ({ readonly type: 'call.answered' } & AnsweredCall)
  /** A question is answered. */
  | { readonly type: 'query.answered'; readonly reply: Reply }
  /** The server has a message for this client alone. */
  | { readonly type: 'server.tell'; readonly data: Json }
  /** Too many commands wait. */
  | { readonly type: 'queue.overflowed' }
  /** Bytes wait in the send queue. */
  | { readonly type: 'socket.congested' }
  /** The send queue is empty again. */
  | { readonly type: 'socket.drained' }
  /** The send queue is full and a frame was lost: this client has a gap. */
  | { readonly type: 'socket.overflowed' }
  | { readonly type: 'socket.closed'; readonly code: number; readonly reason: string }
  /** The server ends the membership in a room, or refuses a join that is under way. */
  | ({ readonly type: 'server.leave' } & PutOut)
  /** The server changes how long the connection lasts, or what others see of it. */
  | ({ readonly type: 'server.refresh' } & RefreshOrder)
  /** The server or its owner closes this connection, and may tell the client why. Default: for good. */
  | ({ readonly type: 'server.disconnect' } & Disconnection)
  | { readonly type: 'server.draining' };

/** A room refuses the connection, which may end it. */
export type RoomRefusal = Extract<ConnectionEvent, { readonly type: 'room.refused' }>;

/** How a connection is closed. */
export interface Disconnection {
  readonly close?: CloseName | CustomClose | undefined;
  readonly reason?: string | undefined;
}

/** How the server ends a membership. */
export interface PutOut {
  readonly room: string;
  readonly ending: Ending;
}

export interface KnownAbsence {
  readonly rooms: readonly string[];
}

/** What the authenticator has found. */
export type IdentityEvent =
  | { readonly type: 'identity.known'; readonly identity: Identity }
  | { readonly type: 'identity.refused'; readonly refusal: Refusal }
  | { readonly type: 'identity.closed'; readonly close: CloseName | CustomClose };

export interface RoomRefreshed {
  readonly id: number | undefined;
  readonly room: string;
  readonly outcome: ProofOutcome;
}

export interface SeatRenewed {
  readonly room: string;
  /** Which of the questions about this room it is. */
  readonly asking: AbortController;
  readonly outcome: QuestionOutcome<RefreshResult>;
}

/** A call that has an outcome; `id` is the command's. */
export interface AnsweredCall {
  readonly id: number | undefined;
  /** Absent: a call of the server. */
  readonly room?: string | undefined;
  readonly method: string;
  readonly outcome: CallOutcome;
  /** What the client calls it. */
  readonly callId?: ExactJson | undefined;
}

export type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

/** A room that the connection has entered before its greeting was answered. */
export interface EnteredRoom {
  readonly reading: StreamReading | undefined;
  readonly grant: RoomGrant | undefined;
}

/** The greeting of a connection, as long as it lasts. */
export interface Greeting {
  handshake: Handshake | undefined;
  /** The id of the command `connect`. */
  id: number | undefined;
  request: ConnectRequest;
  /** Made with the first of them: most clients enter no room before they are answered. */
  entered: Map<string, EnteredRoom> | undefined;
  /** While it is being found out who the client is. */
  asking: AbortController | undefined;
}

export interface ConnectionContext extends Omit<ConnectionInput, 'member' | 'handshake'> {
  member: MemberInfo;
  identity: Identity | undefined;
  /** The rooms in which its user is away on other nodes. Undefined: none, or not known yet. */
  resumes: readonly string[] | undefined;
  /** Undefined when it is over, and where the handshake alone is enough. */
  greeting: Greeting | undefined;
  readonly joined: Set<string>;
  readonly seats: Seats;
  readonly queue: CommandQueue;
  /** Commands that are not answered yet, besides calls and questions. */
  readonly underWay: UnderWay[];
  /** This connection, as rooms know it. */
  readonly subscriber: ConnectionSubscriber;
  /** What it has asked for lately. Undefined where that is not limited. */
  readonly rates: ConnectionRates | undefined;
  /** The same, where messages or bytes are limited: it is read for every message. */
  readonly messageRates: ConnectionRates | undefined;
  /** Calls and questions that are not answered yet. No other command waits for them. */
  calls: number;
  /** Made with the first question of the connection itself: those end with it. */
  gone: AbortController | undefined;
  /** The deadline of the greeting, while there is one. */
  deadline: WheelTimer | undefined;
  /** The end of the token, or of the wait for a new one. */
  expiry: WheelTimer | undefined;
  /** The next ping, or the deadline of its answer. */
  liveness: WheelTimer | undefined;
  /** When the client was asked last for a sign of life, by the monotonic clock. */
  pingedAt: number;
  /** Why the server closed the socket, once it has. */
  closedWith: CloseName | CustomClose | undefined;
  /** On what grounds. */
  closedFor: Grounds | undefined;
}

/** What an action is told of a command, besides its type. */
export interface Asked {
  readonly id?: number;
}

/** Of a command or a fact about a room. */
export interface InRoom extends Asked {
  readonly room: string;
}

export interface Refused extends Asked {
  readonly refusal: Refusal;
}

/** The connection's own actor, as its actions send to it. */
export interface Self extends ActorSender {
  send(event: ConnectionEvent): void;
}

export interface ConnectionArgs {
  readonly context: ConnectionContext;
  readonly self: Self;
}
