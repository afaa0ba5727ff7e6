/** Commands, replies, pushes and messages as plain data. They do not depend on the codec. */

import type { Ending, EndingName } from './endings.ts';
import type { Refusal } from './errors.ts';
import type { Grounds } from './grounds.ts';
import type { ExactJson } from './json/exact-json.ts';

/** Any JSON value. A text message is a JSON string. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Who a member is, as others may know it. `id` is the id of the connection. */
export interface MemberInfo {
  readonly id: string;
  readonly user?: string;
  /** What the authentication says of the user, for other clients. */
  readonly info?: Json;
}

/** A member in a room, as others may know it. */
export interface RoomMember extends MemberInfo {
  /** What the join says of the member in this room, for other clients. */
  readonly roomInfo?: Json;
}

/** The id of a command. The reply has the same id. It is absent if the codec keeps the order of answers. */
export interface Identified {
  readonly id?: number;
}

/** Where a stream stands, or where a client has read it to. An empty epoch fits any. */
export interface StreamPosition {
  readonly offset: number;
  readonly epoch: string;
}

/** What a client asks of the stream of a room that it joins. */
export interface StreamRequest {
  /** Send what was published after this position. */
  readonly since?: StreamPosition;
  /** Send the data of publications as fossil deltas, if the room allows it. */
  readonly delta?: boolean;
  /** If the stream cannot be recovered from `since`, refuse the join with `unrecoverable`. */
  readonly mustRecover?: boolean;
}

/** What a client adds to a join. */
export interface JoinRequest extends StreamRequest {
  /** A subscription token for the room. */
  readonly token?: string;
  /** For the handler of the room. */
  readonly data?: Json;
}

/** What a client says of itself with the command `connect`. */
export interface ConnectRequest {
  readonly token?: string;
  /** For `authenticate`. */
  readonly data?: Json;
  /** The name and the version of the client's program. */
  readonly name?: string;
  readonly version?: string;
  /** Headers that the client only claims. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is asked of the streams of the rooms to which the server joins the client, by room. */
  readonly rooms?: Readonly<Record<string, StreamRequest>>;
}

/** Which part of a stream a client asks for. */
export interface HistoryRequest {
  readonly since?: StreamPosition;
  /** At most so many publications. 0: only the position. Below 0: as many as the server gives. */
  readonly limit: number;
  /** The latest first. */
  readonly reverse: boolean;
}

/** A decoded command of a client. It is also the event that the connection actor receives. */
export type Command = Identified &
  (
    | { readonly type: 'ping' }
    /** The client answers a ping of the server. */
    | { readonly type: 'pong' }
    /** Ends the greeting, if the greeting of the codec is `connect`. */
    | { readonly type: 'connect'; readonly request?: ConnectRequest }
    | { readonly type: 'room.join'; readonly room: string; readonly request?: JoinRequest }
    | { readonly type: 'room.leave'; readonly room: string }
    | { readonly type: 'room.publish'; readonly room: string; readonly data: Json }
    | { readonly type: 'server.broadcast'; readonly data: Json }
    /** Calls `servant.function` through a room. */
    | {
        readonly type: 'room.call';
        readonly room: string;
        readonly method: string;
        readonly args: ExactJson;
        /** What the client calls this call; its answer has it too. */
        readonly callId?: ExactJson | undefined;
      }
    /** Calls a function of the server itself. */
    | { readonly type: 'server.call'; readonly method: string; readonly data: Json }
    /** A message to the server, without an answer. */
    | { readonly type: 'server.message'; readonly data: Json }
    | { readonly type: 'room.presence'; readonly room: string }
    | { readonly type: 'room.presenceStats'; readonly room: string }
    | { readonly type: 'room.history'; readonly room: string; readonly query: HistoryRequest }
    /** A new token for the connection. */
    | { readonly type: 'connection.refresh'; readonly token: string }
    /** A new token for a room that the client has joined. */
    | { readonly type: 'room.refresh'; readonly room: string; readonly token: string }
    /** The codec knows no such command. */
    | { readonly type: 'command.unknown' }
    /** The codec knows the command, but cannot use its arguments. */
    | { readonly type: 'command.malformed'; readonly refusal: Refusal }
  );

/** How the stream of a room goes on for a client that has joined it. */
export interface StreamStart extends StreamPosition {
  /** The client is told when it has missed something. */
  readonly positioned: boolean;
  /** What it missed is sent when it comes back. */
  readonly recoverable: boolean;
  /** It has come back: it asked for what came after a position. */
  readonly wasRecovering: boolean;
  /** All that it missed is in `publications`. Else there are none. */
  readonly recovered: boolean;
  /** The oldest first. With `recovered`, `offset` is the one of the request, and the client counts on from there. */
  readonly publications: readonly Publication[];
  /** The data of publications is sent as fossil deltas. */
  readonly delta: boolean;
}

/** What is said of a join to the client that has joined. */
export interface JoinAnswer {
  /** Absent if the room has joined this client before, or its protocol does not ask for it. */
  readonly stream?: StreamStart;
  /** The seconds after which the client is to send a new token for the room. */
  readonly ttlSeconds?: number;
  /** From the token or the handler, for the client. */
  readonly data?: Json;
}

/** What the further requests of a client without WebSocket name. */
export interface Emulation {
  /** The id of its session, which only the client knows. */
  readonly session: string;
  /** The id of the node that has the session. */
  readonly node: string;
}

/** What is said of a connection to its client. */
export interface ConnectAnswer extends Partial<Emulation> {
  /** The id of the connection. */
  readonly client: string;
  /** The seconds after which the client is to send a new token. */
  readonly ttlSeconds?: number;
  /** From `authenticate`, for the client. */
  readonly data?: Json;
  /** The rooms to which the server has joined the client. */
  readonly rooms?: Readonly<Record<string, JoinAnswer>>;
}

/** The answer to a command. */
export type Reply = Identified &
  (
    | { readonly type: 'pong' }
    | ({ readonly type: 'connected' } & ConnectAnswer)
    | { readonly type: 'joined'; readonly room: string; readonly answer?: JoinAnswer }
    /** The answer to a join of a room in which the client is already a member. */
    | { readonly type: 'alreadyMember'; readonly room: string }
    | { readonly type: 'left'; readonly room: string }
    /** The answer to a leave of a room in which the client is not a member. */
    | { readonly type: 'notMember'; readonly room: string }
    | { readonly type: 'published' }
    | { readonly type: 'broadcasted' }
    /** A handler answered the sender instead of publishing. */
    | { readonly type: 'answered'; readonly data: Json }
    | {
        readonly type: 'called';
        readonly method: string;
        readonly outcome: CallOutcome;
        readonly callId?: ExactJson | undefined;
      }
    | { readonly type: 'presence'; readonly members: readonly RoomMember[] }
    | { readonly type: 'presenceStats'; readonly connections: number; readonly users: number }
    | ({ readonly type: 'history'; readonly publications: readonly Publication[] } & StreamPosition)
    /** A new token was accepted. The next one is due after so many seconds; absent: none. */
    | { readonly type: 'refreshed'; readonly ttlSeconds?: number }
    | { readonly type: 'roomRefreshed'; readonly ttlSeconds?: number }
    | { readonly type: 'unknown' }
    | { readonly type: 'refused'; readonly refusal: Refusal }
  );

/** What a client gets without a command. Publications and broadcasts are not pushes. */
export type Push =
  /** The server has joined the connection to a room. */
  | { readonly type: 'joined'; readonly room: string; readonly answer?: JoinAnswer }
  /**
   * The server could not join the connection to a room, or has ended its membership. `ending` is a row in the table of
   * codes, or a code of the server's owner; default `unsubscribed`.
   */
  | {
      readonly type: 'left';
      readonly room: string;
      readonly refusal: Refusal;
      readonly ending?: EndingName | Ending;
    }
  /** The server has changed when the client is to send a new token: after so many seconds; absent: never. */
  | { readonly type: 'refresh'; readonly ttlSeconds?: number }
  /** A message of the server to this connection or this user alone. */
  | { readonly type: 'message'; readonly data: Json }
  /** Asks for a sign of life. */
  | { readonly type: 'ping' };

/** A member has come or gone, told to the members of the room. */
export interface MemberChange {
  readonly type: 'join' | 'leave';
  readonly room: string;
  readonly member: RoomMember;
}

/** The result of a call of a servant (a remote object of a TARS service), for the client. */
export type CallOutcome =
  | { readonly type: 'result'; readonly result: ExactJson }
  | {
      readonly type: 'failed';
      readonly code: number;
      readonly message: string;
      /** Default: as the table of errors says of the code. */
      readonly temporary?: boolean | undefined;
      /** For operators. */
      readonly grounds?: Grounds | undefined;
    };

/** A message to the members of a room, as it is in the room's stream. */
export interface Publication {
  readonly room: string;
  readonly data: Json;
  /** Rises by one within an epoch, from 1. 0: the publication has no place in the stream, and is not kept. */
  readonly offset: number;
  /** The id of one lifetime of the room's stream. Offsets can be compared only within one epoch. */
  readonly epoch: string;
  /** When it was added to the stream, in milliseconds since 1970. */
  readonly time: number;
  /** The connection that published it; absent if the server published it. */
  readonly from?: RoomMember;
  /** Short extra data of the publisher, for the receivers. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A message to every connection. */
export interface Broadcast {
  readonly data: Json;
  /** The connection that sent it; absent if the server sent it. */
  readonly from?: MemberInfo;
}
