/** What a room's owner decides: its limits and its handlers, and which pattern of names they go with. */

import type { HistoryLimits } from '../../broker/broker.ts';
import type { Json, MemberInfo } from '../../protocol/command.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import type { RoomQuestions } from '../backend/asking.ts';
import type { Allowances } from './rules/rules.ts';
import type { StreamOffer } from './stream/stream-reading.ts';

/** A member as handlers know it. */
export interface HandlerMember<MemberData = unknown> extends MemberInfo {
  /** What `authenticate` has answered as `data`. It is never sent to clients. */
  readonly data?: MemberData;
}

/** What every handler is told. */
export interface HandlerContext<MemberData = unknown> {
  readonly room: string;
  readonly member: HandlerMember<MemberData>;
  /** Aborted when the deadline passes or the member's socket is gone: stop what you are doing. */
  readonly signal: AbortSignal;
}

export interface JoinContext<MemberData = unknown> extends HandlerContext<MemberData> {
  /** True when the server joins a returning user by itself, to a room in which the user was away. */
  readonly resumed: boolean;
  /** What the client has added to its command. */
  readonly data?: Json;
}

export interface MessageContext<Message = Json, MemberData = unknown> extends HandlerContext<MemberData> {
  /** The message, as the schema of the room has made it if there is one. */
  readonly data: Message;
}

export interface CallContext<MemberData = unknown> extends HandlerContext<MemberData> {
  /** `servant.function`. */
  readonly method: string;
  readonly args: ExactJson;
}

export interface LeaveContext<MemberData = unknown> extends HandlerContext<MemberData> {}

/** A join is let in unless this is returned. Make it with {@link refuse}. */
export interface JoinRefusal {
  readonly refused: string;
  /** A code of your own. */
  readonly code?: number;
}

/** What becomes of a call instead of being made: {@link refuse} or {@link answer}. */
export type CallVerdict = JoinRefusal | { readonly type: 'answer'; readonly data: Json };

/** What becomes of a message instead of being published as it is. */
export type MessageVerdict =
  | { readonly type: 'change'; readonly data: Json }
  | { readonly type: 'drop'; readonly reason?: string }
  | { readonly type: 'answer'; readonly data: Json };

export interface RoomHandlers {
  /** Asked before a join is recorded. Throwing, rejecting, being late or returning anything else refuses the join. */
  onJoin?(join: JoinContext): JoinRefusal | void | Promise<JoinRefusal | void>;
  /**
   * Asked before a message of a connection is published; what the server itself says, by HTTP or by the
   * library, is not asked about. Throwing, rejecting, being late or returning anything else refuses that one message.
   */
  onMessage?(message: MessageContext): MessageVerdict | void | Promise<MessageVerdict | void>;
  /** Asked before a function is called through the room. Throwing, rejecting, being late or returning anything else refuses the call. */
  onCall?(call: CallContext): CallVerdict | void | Promise<CallVerdict | void>;
  /** Told after a member has left. Its failure is reported and changes nothing. */
  onLeave?(leave: LeaveContext): void | Promise<void>;
}

/** A message as it goes on, or why it does not fit. */
export type CheckedMessage = { readonly data: Json } | { readonly refusal: Refusal };

/** Checks a message before the handler is asked, and may change it. It may throw or reject, as a handler. */
export type MessageCheck = (data: Json) => CheckedMessage | Promise<CheckedMessage>;

export interface RoomLimits {
  /** Members the room takes. Default 100,000 (`limits.roomCapacity`). */
  readonly capacity: number;
  /** Messages of its connections that the room takes a second, in bursts of up to one second's worth. Default: any number. */
  readonly messagesPerSecond?: number;
  /** Deadline of each handler, in milliseconds. Default 5,000 (`limits.handlerSeconds`). */
  readonly handlerMs: number;
  /** The longest message that `onMessage` may make of another, in bytes. Default 64 KiB (`limits.messageBytes`). */
  readonly messageBytes: number;
  /** How long the room stays in memory without members, in milliseconds. Default 10,000 (`lingerSeconds`). */
  readonly lingerMs: number;
}

export interface RoomOptions extends RoomLimits, Allowances {
  /** What clients that join are told of the room's stream. */
  readonly stream: StreamOffer;
  /** Whether members are told of joins and leaves. */
  readonly joinLeave: boolean;
  /** Whether clients are told on what grounds something is refused. */
  readonly explains: boolean;
  /** What the room's stream keeps. */
  readonly history: HistoryLimits;
  /** Functions that the room's connections may call, as `servant.function` or `servant.*`. Default: none. */
  readonly rpc: readonly string[];
  readonly handlers: RoomHandlers;
  /** What is asked of the owner's backend; undefined where nothing is. */
  readonly questions?: RoomQuestions | undefined;
  /** Checks every message, also those of the server itself. Absent: any message fits. */
  readonly check?: MessageCheck | undefined;
}

/** A member with what handlers are told of it besides. */
export function toHandlerMember(member: MemberInfo, data: unknown): HandlerMember {
  return data === undefined ? member : { ...member, data };
}

/**
 * For `onJoin`, `onCall` and `authenticate`: refuses it; the client is told the reason.
 * @param code A code of your own: an error from 400 to 1999. For `authenticate` also a close: with 4000 to 4499 the
 * client connects again, with 4500 to 4999 it does not. Default: the error 103.
 */
export function refuse(reason: string, code?: number): JoinRefusal {
  return code === undefined ? { refused: reason } : { refused: reason, code };
}

/** For `onMessage`: publishes this instead of what was sent. It may be as long as a message (`limits.messageBytes`). */
export function change(data: Json): MessageVerdict {
  return { type: 'change', data };
}

/** For `onMessage`: publishes nothing. With a reason the sender is told it; without, it is told of success. */
export function drop(reason?: string): MessageVerdict {
  return reason === undefined ? { type: 'drop' } : { type: 'drop', reason };
}

/** For `onMessage`: publishes nothing and sends this to the sender only. For `onCall`: calls nothing and answers this. */
export function answer(data: Json): MessageVerdict & CallVerdict {
  return { type: 'answer', data };
}
