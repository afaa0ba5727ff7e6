/** Commands, replies, pushes and messages as plain data. They do not depend on the codec. */

import type { Refusal } from './errors.ts';
import type { ExactJson } from './json/exact-json.ts';

/** Any JSON value. A text message is a JSON string. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Who a member is. `id` is the id of the connection. */
export interface MemberInfo {
  readonly id: string;
  readonly user?: string;
}

/** The id of a command. The reply has the same id. It is absent if the codec keeps the order of answers. */
export interface Identified {
  readonly id?: number;
}

/** A decoded command of a client. It is also the event that the connection actor receives. */
export type Command = Identified &
  (
    | { readonly type: 'ping' }
    /** Ends the greeting, if the greeting of the codec is `connect`. */
    | { readonly type: 'connect' }
    | { readonly type: 'room.join'; readonly room: string }
    | { readonly type: 'room.leave'; readonly room: string }
    | { readonly type: 'room.publish'; readonly room: string; readonly data: Json }
    | { readonly type: 'server.broadcast'; readonly data: Json }
    /** Calls `servant.function` through a room. */
    | { readonly type: 'room.call'; readonly room: string; readonly method: string; readonly args: ExactJson }
    /** The codec knows no such command. */
    | { readonly type: 'command.unknown' }
    /** The codec knows the command, but cannot use its arguments. */
    | { readonly type: 'command.malformed'; readonly refusal: Refusal }
  );

/** What a client of a one-way stream sends its commands with, by requests of their own. */
export interface Emulation {
  /** Its secret name for its stream. */
  readonly session: string;
  /** The name of the server that has the stream. */
  readonly node: string;
}

/** The answer to a command. */
export type Reply = Identified &
  (
    | { readonly type: 'pong' }
    /** `client` is the id of the connection. Only a client of a one-way stream has `session` and `node`. */
    | ({ readonly type: 'connected'; readonly client: string } & Partial<Emulation>)
    | { readonly type: 'joined'; readonly room: string }
    /** The answer to a join of a room in which the client is already a member. */
    | { readonly type: 'alreadyMember'; readonly room: string }
    | { readonly type: 'left'; readonly room: string }
    /** The answer to a leave of a room in which the client is not a member. */
    | { readonly type: 'notMember'; readonly room: string }
    | { readonly type: 'published' }
    | { readonly type: 'broadcasted' }
    /** A handler answered the sender instead of publishing. */
    | { readonly type: 'answered'; readonly data: Json }
    | { readonly type: 'called'; readonly method: string; readonly outcome: CallOutcome }
    | { readonly type: 'unknown' }
    | { readonly type: 'refused'; readonly refusal: Refusal }
  );

/** What a client gets without a command. Publications and broadcasts are not pushes. */
export type Push =
  /** The server has joined the connection to a room. */
  | { readonly type: 'joined'; readonly room: string }
  /** The server could not join the connection to a room, or has ended its membership. */
  | { readonly type: 'left'; readonly room: string; readonly refusal: Refusal };

/** The result of a call of a servant (a remote object of a TARS service), for the client. */
export type CallOutcome =
  | { readonly type: 'result'; readonly result: ExactJson }
  | { readonly type: 'failed'; readonly code: number; readonly message: string };

/** A message to the members of a room, as it is in the room's stream. */
export interface Publication {
  readonly room: string;
  readonly data: Json;
  /** Rises by one within an epoch, from 1. */
  readonly offset: number;
  /** The id of one lifetime of the room's stream. Offsets can be compared only within one epoch. */
  readonly epoch: string;
  /** When it was added to the stream, in milliseconds since 1970. */
  readonly time: number;
  /** The connection that published it; absent if the server published it. */
  readonly from?: MemberInfo;
  /** Short extra data of the publisher, for the receivers. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A message to every connection. */
export interface Broadcast {
  readonly data: Json;
  /** The connection that sent it; absent if the server sent it. */
  readonly from?: MemberInfo;
}
