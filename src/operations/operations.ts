/**
 * What the owner of a server may do from outside: in rooms, and to connections. The library, the HTTP API and
 * `Statecast.Push` all do it by these functions. No rule of a room and no handler is asked, only the schema of its messages.
 */

import type { Override } from '../protocol/override.ts';
import type { PublicationVersion } from '../broker/broker.ts';
import type { History, HistoryQuery, Position } from '../broker/broker.ts';
import type { LoggedProblem, ProblemQuery } from '../events/problem.ts';
import type { RefreshOrder, Selection } from '../broker/control/control.ts';
import type { OutsideSender } from '../actors/runtime/sender.ts';
import type { Revocation, Revoked } from '../storage/revocations/revocation-store.ts';
import type { PresenceStats, PresentMember } from '../broker/presence/presence.ts';
import type { Answer } from '../actors/room/ports.ts';
import type { MemberView } from '../actors/room/roster.ts';
import type { Json, StreamPosition } from '../protocol/command.ts';
import type { Ending } from '../protocol/endings.ts';
import type { ExactJson } from '../protocol/json/exact-json.ts';
import type { RoomListener, Watch } from './watchers.ts';

export interface Problems {
  readonly problems: readonly LoggedProblem[];
  readonly missing: number;
}

/** A refusal is a value here; a promise does not reject because of one. */
export interface Operations {
  /** Publishes in a room. */
  publish(room: string, data: Json, options?: PublishRequest): Answer<Published>;
  /** Publishes one message in several rooms. Each outcome stands where its room does. */
  publishToRooms(
    rooms: readonly string[],
    data: Json,
    options?: PublishRequest,
  ): Promise<readonly Awaited<Answer<Published>>[]>;
  /** Sends a message to every open socket. */
  broadcast(data: Json, from?: OutsideSender): Answer<Done>;
  /** What the stream of a room keeps, and where it stands. */
  history(room: string, query?: HistoryQuery): Answer<History>;
  /** Who is in a room, in the order of their joins, and who is away. */
  members(room: string): Answer<{ readonly members: readonly MemberView[] }>;
  /** Drops what the stream of a room keeps. Its position stays. */
  removeHistory(room: string): Answer<Done>;
  /** The connections in a room, on any node, in any order. */
  presence(room: string): Answer<{ readonly members: readonly PresentMember[] }>;
  /** How many connections and users are in a room, on any node. */
  presenceStats(room: string): Answer<PresenceStats>;
  /**
   * Makes somebody present in a room without a connection, or keeps it present. It is listed and told of as other members
   * are, and takes no seat. At most 100,000 may be present so on a node.
   * @param ttlMs For how long, from 1 second to 24 hours.
   * @returns The id under which it is listed: that of the member, behind `outside:`.
   */
  setPresence(room: string, member: OutsideMember, ttlMs: number): Answer<{ readonly id: string }>;
  /** Ends a presence that was set. */
  removePresence(room: string, id: string): Answer<Found>;
  /**
   * The rooms that have members now, on any node.
   * @param pattern Only rooms whose names fit: `*` is any text, `?` one character. Default: all.
   */
  rooms(pattern?: string): Answer<{ readonly rooms: readonly RoomMembers[] }>;
  /** The nodes, and how they are. One that does not answer within 2 seconds is missing. */
  info(): Answer<{ readonly nodes: readonly NodeInfo[] }>;
  /**
   * What went wrong in the last hour, on all nodes, and on what grounds; what was seen last comes first. `missing` nodes have
   * not answered.
   * @param query All that is given must fit. Default: all.
   * @param most How many at most, from 1 to 1,000. Default 100.
   */
  problems(query?: ProblemQuery, most?: number): Answer<Problems>;
  /**
   * Tells a listener what happens in a room from now on, whether it has members here or not. At most 1,000 may watch at a
   * time.
   */
  watch(room: string, listener: RoomListener): Answer<Watch>;
  /** Calls a function of a servant, `hello.sayHello`, whatever rooms allow. */
  call(method: string, args: ExactJson): Answer<{ readonly result: ExactJson }>;
  /** Sends a message to connections. */
  send(who: Selection, data: Json): Answer<Found>;
  /** Joins connections to a room as the server does it: no rule of the room is asked, its capacity and `onJoin` are. */
  subscribe(who: Selection, room: string, request?: SubscribeRequest): Answer<Found>;
  /**
   * Ends memberships, and refuses joins that are under way. Users who are away in the room are not expected back.
   * @param ending Default: 2000, and the client stays away. After a code from 2500 on it subscribes again.
   */
  unsubscribe(who: Selection, room: string, ending?: Ending): Answer<Found>;
  /** Closes connections. */
  disconnect(who: Selection, request?: DisconnectRequest): Answer<Found>;
  /** Changes how long connections last, or what others see of them. */
  refresh(who: Selection, changes: RefreshOrder): Answer<Found>;
  /**
   * Has clients fetch new tokens: their connections are closed with 3014. With a room, memberships end with 2502, and those
   * that the server has made close their connections.
   */
  invalidate(who: Selection, room?: string): Answer<Found>;
  /**
   * Believes a token or a user no longer, from now on and after a restart: connections are closed, memberships by such a
   * token end, and neither is taken again. It resolves when it is stored.
   * @param until In milliseconds since 1970. Default: ten years for a token; for a user, until it is lifted.
   */
  revoke(what: RevokeRequest, until?: number): Answer<Done>;
  /** Lifts a revocation. Whoever was closed because of it does not come back by itself. */
  unrevoke(what: Revoked): Answer<Found>;
  /** What is revoked now. */
  revocations(): Answer<{ readonly revocations: readonly Revocation[] }>;
  /** Puts a member out of a room; its connection stays. */
  kick(room: string, connection: string, reason: string): Answer<Found>;
  /** Lets only the server publish in a room, whether it has members or not. */
  mute(room: string): Answer<Done>;
  unmute(room: string): Answer<Done>;
  /** Which rooms are muted. */
  mutedRooms(): Answer<{ readonly rooms: readonly string[] }>;
  /** Puts all members out of a room and lets it go from memory. */
  closeRoom(room: string, reason: string): Answer<Found>;
}

/** How something is published. */
export interface PublishRequest {
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The publication is not kept, and takes no place in the stream. */
  readonly skipHistory?: boolean | undefined;
  readonly version?: PublicationVersion | undefined;
  /** A second publication with this key in the same room, within five minutes, is not made: it has the same outcome. */
  readonly idempotencyKey?: string | undefined;
  /** Who asks for it, for those who watch. Default: the library. */
  readonly from?: OutsideSender | undefined;
}

/** What is said of connections that are joined to a room. */
export interface SubscribeRequest {
  /** For the other members. */
  readonly info?: Json | undefined;
  /** For the client itself. */
  readonly data?: Json | undefined;
  /** When the membership ends, in milliseconds since 1970. Default: never. */
  readonly expiresAt?: number | undefined;
  /** The client gets what was published after this position. Default: nothing of before. */
  readonly recoverSince?: StreamPosition | undefined;
  /** What holds for them in place of the room's settings. */
  readonly override?: Override | undefined;
}

/** What is not believed any more: a token by its id, or a user. */
export type RevokeRequest =
  | { readonly token: string }
  | {
      readonly user: string;
      /** Only tokens that were made before it, in milliseconds since 1970; those that do not say when count as before. */
      readonly issuedBefore?: number | undefined;
    };

/** How connections are closed. */
export interface DisconnectRequest {
  /** For the client; of its UTF-8, 123 bytes are sent. Default: that of the code. */
  readonly reason?: string | undefined;
  /** One of the table of close codes, or one of yours: 4000 to 4499, or 4500 to 4999 for good. Default 3503, for good. */
  readonly code?: number | undefined;
  /** The ids of connections that stay. */
  readonly except?: readonly string[] | undefined;
}

/** Where a publication is in the stream of its room. The offset is 0 where the publication takes no place in it. */
export type Published = Position;

/** Who is made present without a connection: a bot, an agent, a device. */
export interface OutsideMember {
  /** An id of yours, 1 to 128 characters. */
  readonly id: string;
  /** Default: it is anonymous. */
  readonly user?: string | undefined;
  /** For the other members, up to 4 KiB of JSON. */
  readonly info?: Json | undefined;
}

/** It is done. */
export interface Done {}

/** Whether there was somebody or something that it is about. */
export interface Found {
  readonly found: boolean;
}

/** What a node tells of itself. */
export interface NodeInfo {
  /** Another one after each start. */
  readonly uid: string;
  /** The name of its machine, with the port of the settings. */
  readonly name: string;
  readonly version: string;
  readonly connections: number;
  /** Different users; all anonymous connections together count as one. */
  readonly users: number;
  /** Rooms that have members here. */
  readonly rooms: number;
  /** Members of all rooms here. */
  readonly memberships: number;
  readonly uptimeSeconds: number;
  readonly process: {
    /** The share of one processor since the question before, in percent. */
    readonly cpu: number;
    /** Memory, in bytes. */
    readonly rss: number;
  };
}

/** A room and the number of its members. */
export interface RoomMembers {
  readonly room: string;
  readonly members: number;
}
