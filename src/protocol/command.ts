/** What a client may ask for and be answered, as plain data, whatever codec it speaks. */

import type { Refusal } from './errors.ts';

/** Any JSON value. A text message is a JSON string. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Who a member is. `id` is the connection's. */
export interface MemberInfo {
  readonly id: string;
  readonly user?: string;
}

/** What a protocol whose answers name their command gives each command; its answer has the same. */
export interface Identified {
  readonly id?: number;
}

/** One command of one client, decoded; also the event that its connection actor receives. */
export type Command = Identified &
  (
    | { readonly type: 'ping' }
    /** Ends the greeting, where the codec says that a command does. */
    | { readonly type: 'connect' }
    | { readonly type: 'room.join'; readonly room: string }
    | { readonly type: 'room.leave'; readonly room: string }
    | { readonly type: 'room.publish'; readonly room: string; readonly data: Json }
    | { readonly type: 'server.broadcast'; readonly data: Json }
    /** Calls `servant.function` through a room. */
    | { readonly type: 'room.call'; readonly room: string; readonly method: string; readonly args: Json }
    /** The codec knows no such command. */
    | { readonly type: 'command.unknown' }
    /** The codec knows the command, but what came with it is unusable. */
    | { readonly type: 'command.malformed'; readonly refusal: Refusal }
  );

/** What a client is told about a command of its own. */
export type Reply = Identified &
  (
    | { readonly type: 'pong' }
    /** `client` is the id of the connection. */
    | { readonly type: 'connected'; readonly client: string }
    | { readonly type: 'joined'; readonly room: string }
    /** It is a member already: nothing was changed. */
    | { readonly type: 'alreadyMember'; readonly room: string }
    | { readonly type: 'left'; readonly room: string }
    /** It is no member: nothing was changed. */
    | { readonly type: 'notMember'; readonly room: string }
    | { readonly type: 'published' }
    | { readonly type: 'broadcasted' }
    /** A handler answered the sender instead of publishing. */
    | { readonly type: 'answered'; readonly data: Json }
    | { readonly type: 'called'; readonly method: string; readonly outcome: CallOutcome }
    | { readonly type: 'unknown' }
    | { readonly type: 'refused'; readonly refusal: Refusal }
  );

/** What a client is told without having asked. Publications and broadcasts go another way. */
export type Push =
  /** The server has joined the connection to a room. */
  | { readonly type: 'joined'; readonly room: string }
  /** The server could not join the connection to a room, or has ended its membership. */
  | { readonly type: 'left'; readonly room: string; readonly refusal: Refusal };

/** How a call ended, as its client is told. */
export type CallOutcome =
  | { readonly type: 'result'; readonly result: Json }
  | { readonly type: 'failed'; readonly code: number; readonly message: string };

/** A message on its way to the members of a room, as its stream has it. */
export interface Publication {
  readonly room: string;
  readonly data: Json;
  /** Rises by one within an epoch, from 1. */
  readonly offset: number;
  /** Names one life of the room's stream: offsets compare only within it. */
  readonly epoch: string;
  /** When the stream took it, in milliseconds since 1970. */
  readonly time: number;
  /** The connection that published it; absent when the server itself speaks. */
  readonly from?: MemberInfo;
  /** Short notes of the publisher about the message, for those who receive it. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A message on its way to every connection. */
export interface Broadcast {
  readonly data: Json;
  /** The connection that sent it; absent when the server itself speaks. */
  readonly from?: MemberInfo;
}
