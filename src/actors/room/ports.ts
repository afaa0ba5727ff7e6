/** What rooms and connections know of each other, and what rooms are given from outside. No machine is defined here. */

import type { PublishOptions } from '../../broker/broker.ts';
import type {
  CallOutcome,
  HistoryRequest,
  JoinRequest,
  Json,
  MemberInfo,
  Publication,
  Push,
  Reply,
  RoomMember,
  StreamPosition,
  StreamRequest,
} from '../../protocol/command.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import type { Override } from '../../protocol/override.ts';
import type { PresenceStats } from '../../broker/presence/presence.ts';
import type { LeaveReason } from '../../events/server-events.ts';
import type { ClientFacts, QuestionAsker } from '../backend/asking.ts';
import type { TokenMark } from './rules/revocation-check.ts';
import type { Asker } from './rules/rules.ts';
import type { ActorSender, Sender } from '../runtime/sender.ts';
import type { HandlerMember } from './room-options.ts';
import type { StreamReading } from './stream/stream-reading.ts';

/** The socket of a connection, as its actor sees it. After the socket has closed, its methods do nothing. */
export interface ConnectionPort {
  /** Absent: a turn of the event loop takes as many of its commands as there are. */
  readonly pace?: Pace;
  /** Answers a command. */
  reply(reply: Reply): void;
  /** Tells the client something that it did not ask for. */
  push(push: Push): void;
  /**
   * From now on this socket gets the messages of a room.
   * @param delta Present: as fossil deltas, beginning from this publication, or from none.
   */
  subscribe(room: string, delta?: { readonly base: Publication | undefined }): void;
  unsubscribe(room: string): void;
  /** @param reason What the client gets as the reason. Default: that of the table of close codes. */
  close(close: CloseName | CustomClose, reason?: string): void;
}

/** The share that a connection has of each turn of the event loop. */
export interface Pace {
  /** Counts a command that was taken. Returns whether the connection has had its share of this turn. */
  spend(): boolean;
  /** Calls back in a later turn. */
  later(goOn: () => void): void;
}

/** A close with a code of the server's owner: 4000 to 4499 for clients that shall come back, 4500 to 4999 for others. */
export interface CustomClose {
  readonly code: number;
  readonly reason: string;
}

/** What a token or the server says of a connection in a room. */
export interface RoomGrant {
  /** For the other members. */
  readonly info?: Json | undefined;
  /** For the client that joins. */
  readonly data?: Json | undefined;
  /** When it ends, in milliseconds since 1970. Absent: never. */
  readonly expiresAt?: number | undefined;
  /** What holds for it in place of the room's options. */
  readonly override?: Override | undefined;
  /** A backend has said it: it is asked again at the end, where the settings name a question for that. */
  readonly isAskedAgain?: boolean | undefined;
  /** The token for the room, if there is one. */
  readonly token?: TokenMark | undefined;
}

/** What the check of a subscription token finds. */
export type ProofOutcome =
  | { readonly type: 'granted'; readonly grant: RoomGrant }
  | { readonly type: 'refused'; readonly refusal: Refusal; readonly close?: CloseName | undefined };

/** How a connection joins a room. */
export interface RoomEntry {
  /** What the client has asked for. Absent: the server joins it. */
  readonly request?: JoinRequest | undefined;
  /** The server has decided that it may join; then no rule is asked. */
  readonly grant?: RoomGrant | undefined;
  /** The client is told of the room's stream. */
  readonly readsStream: boolean;
  /** Its user is away in the room, on another node. */
  readonly isResumed?: boolean | undefined;
}

/** What a room tells a connection about its membership. */
export type RoomFact =
  | {
      readonly type: 'room.joined';
      readonly room: string;
      /** What is to be read when the client is subscribed; absent if its protocol does not ask for it. */
      readonly reading?: StreamReading | undefined;
      readonly grant?: RoomGrant | undefined;
    }
  | { readonly type: 'room.left'; readonly room: string }
  | {
      readonly type: 'room.refused';
      readonly room: string;
      readonly refusal: Refusal;
      /** The connection is closed for it. */
      readonly close?: CloseName | CustomClose | undefined;
    }
  /** The client has missed a publication, and its socket is not subscribed any more. */
  | { readonly type: 'stream.broken'; readonly room: string }
  /** The room has ended the membership. */
  | { readonly type: 'room.closed'; readonly room: string; readonly refusal: Refusal };

/** A connection as rooms know it: its member, the subscriptions of its socket, and where facts are sent. */
export interface Subscriber {
  readonly member: MemberInfo;
  /** What handlers are told of the member besides. */
  readonly data: unknown;
  /** What backends are told of it besides; undefined where none is asked. */
  readonly facts: ClientFacts | undefined;
  readonly port: Pick<ConnectionPort, 'subscribe' | 'unsubscribe'>;
  /** The client is told of the position of streams, and counts on it. */
  readonly readsStreams: boolean;
  /** The connection's actor, as the sender of what it asks for. */
  readonly sender: ActorSender;
  send(fact: RoomFact, from: Sender): void;
  /** The room has taken it in: what it has asked for since may be done now. */
  goOn(): void;
  /** Checks a subscription token for a room. It never rejects. */
  prove(room: string, token: string): Promise<ProofOutcome>;
}

/** How a publish ended. */
export type PublishOutcome =
  | { readonly type: 'published'; readonly offset: number; readonly epoch: string }
  /** It went to every open socket. */
  | { readonly type: 'broadcasted' }
  /** The room's handler dropped the message and gave no reason. */
  | { readonly type: 'dropped' }
  /** The room's handler answered the sender instead. */
  | { readonly type: 'answered'; readonly data: Json }
  | {
      readonly type: 'refused';
      readonly refusal: Refusal;
      /** The publisher's connection is closed for it. */
      readonly close?: CustomClose | undefined;
    };

/** The publisher of a message. `settle` is called once with the outcome, perhaps before `publish` returns. */
export interface Publisher {
  /** The publishing connection; absent when the server itself publishes (HTTP, library). */
  readonly member?: MemberInfo;
  /** What handlers are told of the member besides. */
  readonly data?: unknown;
  /** What backends are told of its connection besides. */
  readonly facts?: ClientFacts | undefined;
  /** What the server's own publishers ask of the stream. */
  readonly options?: Pick<PublishOptions, 'tags' | 'skipHistory' | 'version' | 'idempotencyKey'> | undefined;
  readonly sender: Sender;
  settle(outcome: PublishOutcome, from: Sender): void;
  /** Calls back if the connection closes before `settle`. A new callback replaces the one before. */
  onGone?(callback: () => void): void;
}

/** The caller of a function through a room. `settle` is called once with the outcome, after `call` has returned. */
export interface RpcRequester {
  readonly member: MemberInfo;
  /** What handlers are told of the member besides. */
  readonly data: unknown;
  readonly sender: Sender;
  settle(outcome: CallOutcome, from: Sender): void;
}

/** What rooms delegate calls to. It never rejects. */
export interface RpcPort {
  /** Calls `servant.function`; whether it may be called is decided before. Without `from`, the server itself calls. */
  call(
    method: string,
    args: ExactJson,
    from: { readonly room: string; readonly member: MemberInfo } | undefined,
  ): Promise<CallOutcome>;
}

/** The rooms, as a connection sees them. Names and messages are checked here, for all callers. */
export interface RoomsPort {
  /** What is wrong with a room's name, or nothing. */
  refuseName(room: string): Refusal | undefined;
  /** Whether a room is in memory. */
  isOpen(room: string): boolean;
  /** Answers with a fact to the subscriber, perhaps before it returns. */
  join(room: string, subscriber: Subscriber, entry?: RoomEntry): void;
  /** Reads the stream of a room anew for one of its members. */
  readStream(room: string, request: StreamRequest): StreamReading;
  /** A member has shown a token for the room that it is in. */
  noteGrant(room: string, member: MemberInfo, grant: RoomGrant): void;
  /** What others may know of a member has changed: the presence lists it anew. */
  relist(room: string, member: MemberInfo): void;
  /** The user of a member has come back: a node that found the user away in the room waits no more. */
  tellBack(room: string, member: MemberInfo): void;
  /** Answers with `room.left` to the subscriber, perhaps before it returns. */
  leave(room: string, subscriber: Subscriber, reason: LeaveReason): void;
  /** Refuses a join that is under way, or puts a member out. Nothing happens where it is neither. */
  putOut(room: string, subscriber: Subscriber, refusal: Refusal): void;
  publish(room: string, data: Json, publisher: Publisher): void;
  /** Calls a function that the room allows its connections; the requester is told when it is answered. */
  call(room: string, method: string, args: ExactJson, requester: RpcRequester): void;
  /** Sends to every open socket, members of any room or of none. */
  broadcast(data: Json, publisher: Publisher): void;
}

/** What connections ask of rooms, by the rooms' rules. The room need not be in memory. */
export interface QueriesPort {
  /** Who is in a room. */
  presence(room: string, asker: Asker): Answer<PresenceList>;
  presenceStats(room: string, asker: Asker): Answer<PresenceStats>;
  /** A part of a room's stream. */
  history(room: string, query: HistoryRequest, asker: Asker): Answer<HistoryPage>;
}

export interface PresenceList {
  readonly members: readonly RoomMember[];
}

/** `closed`: the connection is closed instead of answered. */
export type ServerCallOutcome = CallOutcome | { readonly type: 'closed'; readonly close: CustomClose };

/** What the owner of the server makes of what clients send to the server itself. */
export interface ApplicationPort {
  /**
   * Calls a function of the server. It never rejects.
   * @param gone Aborted when the client has gone.
   */
  call(
    method: string,
    data: Json,
    from: HandlerMember,
    asker: QuestionAsker,
    gone: () => AbortSignal,
  ): ServerCallOutcome | Promise<ServerCallOutcome>;
  /** Whether messages without an answer are taken. */
  readonly takesMessages: boolean;
  take(data: Json, from: HandlerMember): void;
}

/** An answer, or why there is none; a promise of it never rejects. */
export type Answer<Value> =
  | Value
  | { readonly refusal: Refusal }
  | Promise<Value | { readonly refusal: Refusal }>;

export interface HistoryPage extends StreamPosition {
  readonly publications: readonly Publication[];
}
