/** What rooms and connections know of each other, and what rooms are given from outside. No machine is defined here. */

import type { PublishOptions } from '../../broker/broker.ts';
import type { CallOutcome, Json, MemberInfo, Push, Reply } from '../../protocol/command.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import type { LeaveReason } from '../../events/server-events.ts';
import type { ActorSender, Sender } from '../runtime/sender.ts';

/** The socket of a connection, as its actor sees it. After the socket has closed, its methods do nothing. */
export interface ConnectionPort {
  /** Answers a command. */
  reply(reply: Reply): void;
  /** Tells the client something that it did not ask for. */
  push(push: Push): void;
  /** From now on this socket gets the messages of a room. */
  subscribe(room: string): void;
  unsubscribe(room: string): void;
  /** @param reason What the client gets as the reason. Default: that of the table of close codes. */
  close(close: CloseName, reason?: string): void;
}

/** What a room tells a connection about its membership. */
export type RoomFact =
  | { readonly type: 'room.joined'; readonly room: string }
  | { readonly type: 'room.left'; readonly room: string }
  | { readonly type: 'room.refused'; readonly room: string; readonly refusal: Refusal }
  /** The room has ended the membership. */
  | { readonly type: 'room.closed'; readonly room: string; readonly refusal: Refusal };

/** A connection as rooms know it: its member, the subscriptions of its socket, and where facts are sent. */
export interface Subscriber {
  readonly member: MemberInfo;
  readonly port: Pick<ConnectionPort, 'subscribe' | 'unsubscribe'>;
  /** The connection's actor, as the sender of what it asks for. */
  readonly sender: ActorSender;
  send(fact: RoomFact, from: Sender): void;
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
  | { readonly type: 'refused'; readonly refusal: Refusal };

/** The publisher of a message. `settle` is called once with the outcome, perhaps before `publish` returns. */
export interface Publisher {
  /** The publishing connection; absent when the server itself publishes (HTTP, library). */
  readonly member?: MemberInfo;
  /** What the server's own publishers ask of the stream. */
  readonly options?: Pick<PublishOptions, 'tags' | 'skipHistory' | 'version'> | undefined;
  readonly sender: Sender;
  settle(outcome: PublishOutcome, from: Sender): void;
  /** Calls back if the connection closes before `settle`. A new callback replaces the one before. */
  onGone?(callback: () => void): void;
}

/** The caller of a function through a room. `settle` is called once with the outcome, after `call` has returned. */
export interface RpcRequester {
  readonly member: MemberInfo;
  readonly sender: Sender;
  settle(outcome: CallOutcome, from: Sender): void;
}

/** What rooms delegate calls to. It never rejects. */
export interface RpcPort {
  /** Calls `servant.function`; whether it may be called is decided before. */
  call(
    method: string,
    args: ExactJson,
    from: { readonly room: string; readonly member: MemberInfo },
  ): Promise<CallOutcome>;
}

/** The rooms, as a connection sees them. Names and messages are checked here, for all callers. */
export interface RoomsPort {
  /** What is wrong with a room's name, or nothing. */
  refuseName(room: string): Refusal | undefined;
  /** Answers with a fact to the subscriber, perhaps before it returns. */
  join(room: string, subscriber: Subscriber): void;
  /** Answers with `room.left` to the subscriber, perhaps before it returns. */
  leave(room: string, subscriber: Subscriber, reason: LeaveReason): void;
  publish(room: string, data: Json, publisher: Publisher): void;
  /** Calls a function that the room allows its connections; the requester is told when it is answered. */
  call(room: string, method: string, args: ExactJson, requester: RpcRequester): void;
  /** Sends to every open socket, members of any room or of none. */
  broadcast(data: Json, publisher: Publisher): void;
}
