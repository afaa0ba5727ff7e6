/** What actors are given from outside, and the small shapes they hand each other. No machine stands here. */

import type { CallOutcome, Json, MemberInfo, Push, Reply } from '../../protocol/command.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { LeaveReason } from '../../events/server-events.ts';
import type { ActorSender, Sender } from '../runtime/sender.ts';

/** The socket of a connection, as its actor sees it. After the socket has closed, all of it does nothing. */
export interface ConnectionPort {
  /** Answers a command. */
  reply(reply: Reply): void;
  /** Tells what the client has not asked for. */
  push(push: Push): void;
  /** Lets the messages of a room through to this socket. */
  subscribe(room: string): void;
  unsubscribe(room: string): void;
  close(close: CloseName): void;
}

/** What a room tells a connection about its membership. */
export type RoomFact =
  | { readonly type: 'room.joined'; readonly room: string }
  | { readonly type: 'room.left'; readonly room: string }
  | { readonly type: 'room.refused'; readonly room: string; readonly refusal: Refusal }
  /** The room ended under its member. */
  | { readonly type: 'room.closed'; readonly room: string; readonly refusal: Refusal };

/** A connection as rooms know it: who it is, its socket's subscriptions, and where facts go. */
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
  /** The room's handler dropped the message without a word. */
  | { readonly type: 'dropped' }
  /** The room's handler answered the sender instead. */
  | { readonly type: 'answered'; readonly data: Json }
  | { readonly type: 'refused'; readonly refusal: Refusal };

/** Who publishes, and who hears how it ended: `settle` is called once, perhaps before `publish` returns. */
export interface Publisher {
  /** The publishing connection; absent when the server itself speaks (HTTP, library). */
  readonly member?: MemberInfo;
  readonly sender: Sender;
  settle(outcome: PublishOutcome, from: Sender): void;
  /** Calls back if the publisher goes away before it is told; the one before is forgotten. */
  onGone?(callback: () => void): void;
}

/** Who calls a function through a room, and hears how it ended, once and later. */
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
    args: Json,
    from: { readonly room: string; readonly member: MemberInfo },
  ): Promise<CallOutcome>;
}

/** The rooms, as a connection sees them. Names and messages are checked in here, for every way in. */
export interface RoomsPort {
  /** What is wrong with a room's name, or nothing. */
  refuseName(room: string): Refusal | undefined;
  /** Answers with a fact to the subscriber, perhaps before it returns. */
  join(room: string, subscriber: Subscriber): void;
  /** Answers with `room.left` to the subscriber, perhaps before it returns. */
  leave(room: string, subscriber: Subscriber, reason: LeaveReason): void;
  publish(room: string, data: Json, publisher: Publisher): void;
  /** Calls a function that the room allows its connections; the requester is told when it is answered. */
  call(room: string, method: string, args: Json, requester: RpcRequester): void;
  /** Sends to every open socket, members of any room or of none. */
  broadcast(data: Json, publisher: Publisher): void;
}
