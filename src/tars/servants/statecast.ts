/**
 * Generated from statecast.tars by statecast tars2ts; do not edit.
 *
 * The servant of a Statecast server, for other TARS services: publish messages to rooms, see who is in them, and act on
 * connections.
 */

import {
  type AdapterOptions,
  type CallOptions,
  type Caller,
  type Decoded,
  type Nothing,
  type ServantAdapter,
  type ServantCall,
  createProxy,
  createServantAdapter,
  method,
  optional,
  required,
  struct,
  t,
} from '../runtime.ts';

/** The result of a request. */
export const Outcome = {
  done: 0,
  /** The room's name is empty or too long, or there is no such room where one is needed. */
  badRoom: 1,
  /** The message is too long. */
  badMessage: 2,
  /** No such member or connection. */
  notFound: 3,
  /** The server is shutting down, or too busy. */
  unavailable: 4,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** A member of a room. */
export interface Member {
  /** The connection's id. */
  id: string;
  /** The user behind the connection; empty for an anonymous one. */
  user?: string;
  /** When the join was accepted, in milliseconds since 1970. */
  joinedAt: number;
  /** The member has no connection now and may come back. */
  away?: boolean;
}

/** Encodes and decodes `Member`. */
export const Member = struct<Member>('Statecast.Member', {
  id: required(0, t.string),
  user: optional(1, t.string),
  joinedAt: required(2, t.long),
  away: optional(3, t.bool, false),
});

/** A text for the key of a `Map`: two `Member` have the same one if their key members are equal. */
export function keyOfMember(value: Member): string {
  return Member.keyOf(value, ['id']);
}

/** A room with members. */
export interface Room {
  name: string;
  /** How many members it has. */
  members: number;
}

/** Encodes and decodes `Room`. */
export const Room = struct<Room>('Statecast.Room', {
  name: required(0, t.string),
  members: required(1, t.int),
});

/** How a request ended. */
export interface Status {
  /** 0: it is done. Else the code of the error, as in the HTTP server API: 107 is a bad request. */
  code: number;
  /** What is wrong, for the log. */
  message?: string;
}

/** Encodes and decodes `Status`. */
export const Status = struct<Status>('Statecast.Status', {
  code: required(0, t.int),
  message: optional(1, t.string),
});

/** Connections: those that fit everything that is given. At least one is given. */
export interface Selection {
  user?: string;
  /** The id of a connection. */
  client?: string;
  /** The session of a client without a WebSocket. */
  session?: string;
}

/** Encodes and decodes `Selection`. */
export const Selection = struct<Selection>('Statecast.Selection', {
  user: optional(0, t.string),
  client: optional(1, t.string),
  session: optional(2, t.string),
});

/** How something is published. */
export interface PublishOptions {
  /** Short texts for the receivers, by name. */
  tags?: Map<string, string>;
  /** A second publication with this key in the same room, within five minutes, is not made. */
  idempotencyKey?: string;
  /** The publication is not kept, and takes no place in the stream. */
  skipHistory?: boolean;
  /** From 1 on: a publication with this version or a lower one than the latest is not made. 0: none. */
  version?: number;
  versionEpoch?: string;
}

/** Encodes and decodes `PublishOptions`. */
export const PublishOptions = struct<PublishOptions>('Statecast.PublishOptions', {
  tags: optional(0, t.map(t.string, t.string)),
  idempotencyKey: optional(1, t.string),
  skipHistory: optional(2, t.bool, false),
  version: optional(3, t.long, 0),
  versionEpoch: optional(4, t.string),
});

/** A place in the stream of a room. The offset is 0 where a publication takes none. */
export interface Position {
  offset: number;
  epoch: string;
}

/** Encodes and decodes `Position`. */
export const Position = struct<Position>('Statecast.Position', {
  offset: required(0, t.long),
  epoch: required(1, t.string),
});

/** What came of a publication in one of several rooms. */
export interface RoomOutcome {
  room: string;
  status: Status;
  position: Position;
}

/** Encodes and decodes `RoomOutcome`. */
export const RoomOutcome = struct<RoomOutcome>('Statecast.RoomOutcome', {
  room: required(0, t.string),
  status: required(1, Status),
  position: required(2, Position),
});

/** Who published something, or who is in a room. */
export interface Client {
  /** The id of the connection. */
  client: string;
  /** Empty for an anonymous one. */
  user?: string;
  /** JSON: what the authentication says of the user. Empty: nothing. */
  connInfo?: string;
  /** JSON: what the join says. Empty: nothing. */
  roomInfo?: string;
}

/** Encodes and decodes `Client`. */
export const Client = struct<Client>('Statecast.Client', {
  client: required(0, t.string),
  user: optional(1, t.string),
  connInfo: optional(2, t.string),
  roomInfo: optional(3, t.string),
});

/** What the stream of a room keeps. */
export interface Publication {
  /** JSON. */
  data: string;
  offset: number;
  /** In milliseconds since 1970. */
  time: number;
  tags?: Map<string, string>;
  /** The client that published it; without an id: the server itself. */
  info?: Client;
}

/** Encodes and decodes `Publication`. */
export const Publication = struct<Publication>('Statecast.Publication', {
  data: required(0, t.string),
  offset: required(1, t.long),
  time: required(2, t.long),
  tags: optional(3, t.map(t.string, t.string)),
  info: optional(4, Client),
});

/** Which part of a stream is asked for. */
export interface HistoryQuery {
  /** At most so many publications. 0: only the position. Below 0: as many as a page has. */
  limit?: number;
  /** After this offset, or before it in reverse. Below 0: from the beginning, or from the end. */
  sinceOffset?: number;
  /** Empty: any. */
  sinceEpoch?: string;
  /** The latest first. */
  reverse?: boolean;
}

/** Encodes and decodes `HistoryQuery`. */
export const HistoryQuery = struct<HistoryQuery>('Statecast.HistoryQuery', {
  limit: optional(0, t.int, 0),
  sinceOffset: optional(1, t.long, -1),
  sinceEpoch: optional(2, t.string),
  reverse: optional(3, t.bool, false),
});

/** What is said of connections that are joined to a room. */
export interface SubscribeOptions {
  /** JSON for the other members. Empty: nothing. */
  info?: string;
  /** JSON for the client itself. Empty: nothing. */
  data?: string;
  /** When the membership ends, in milliseconds since 1970. 0: never. */
  expiresAt?: number;
  /** The client gets what was published after this offset. Below 0: nothing of before. */
  recoverOffset?: number;
  recoverEpoch?: string;
}

/** Encodes and decodes `SubscribeOptions`. */
export const SubscribeOptions = struct<SubscribeOptions>('Statecast.SubscribeOptions', {
  info: optional(0, t.string),
  data: optional(1, t.string),
  expiresAt: optional(2, t.long, 0),
  recoverOffset: optional(3, t.long, -1),
  recoverEpoch: optional(4, t.string),
});

/** How connections are closed. */
export interface DisconnectOptions {
  /** 0: 3503, for good. Yours are 4000 to 4499, after which a client comes back, and 4500 to 4999. */
  code?: number;
  reason?: string;
  /** The ids of connections that stay. */
  spared?: string[];
}

/** Encodes and decodes `DisconnectOptions`. */
export const DisconnectOptions = struct<DisconnectOptions>('Statecast.DisconnectOptions', {
  code: optional(0, t.int, 0),
  reason: optional(1, t.string),
  spared: optional(2, t.vector(t.string)),
});

/** What changes of connections. */
export interface RefreshOptions {
  /** They are closed with 3005. */
  expired?: boolean;
  /** When they expire, in milliseconds since 1970. 0: never. Below 0: as before. */
  expiresAt?: number;
  /** JSON for other clients. Empty: as before. */
  info?: string;
}

/** Encodes and decodes `RefreshOptions`. */
export const RefreshOptions = struct<RefreshOptions>('Statecast.RefreshOptions', {
  expired: optional(0, t.bool, false),
  expiresAt: optional(1, t.long, -1),
  info: optional(2, t.string),
});

/** A token or a user that is not believed any more: one of the two is given. */
export interface Revocation {
  /** The id of a token (jti). */
  token?: string;
  user?: string;
  /** Of a user: only tokens that were made before, in milliseconds since 1970. 0: all. */
  issuedBefore?: number;
  /** In milliseconds since 1970. 0: ten years for a token; for a user, until it is lifted. */
  until?: number;
}

/** Encodes and decodes `Revocation`. */
export const Revocation = struct<Revocation>('Statecast.Revocation', {
  token: optional(0, t.string),
  user: optional(1, t.string),
  issuedBefore: optional(2, t.long, 0),
  until: optional(3, t.long, 0),
});

/** A server, and how it is. */
export interface Node {
  uid: string;
  name: string;
  version: string;
  clients: number;
  users: number;
  rooms: number;
  /** Members of all rooms. */
  memberships: number;
  uptimeSeconds: number;
}

/** Encodes and decodes `Node`. */
export const Node = struct<Node>('Statecast.Node', {
  uid: required(0, t.string),
  name: required(1, t.string),
  version: required(2, t.string),
  clients: required(3, t.int),
  users: required(4, t.int),
  rooms: required(5, t.int),
  memberships: required(6, t.int),
  uptimeSeconds: required(7, t.int),
});

/** Somebody who is present in a room without a connection, such as a bot or a device. */
export interface OutsideMember {
  /** An id of yours, up to 128 characters. It is listed behind `outside:`. */
  id: string;
  /** Empty: it is anonymous. */
  user?: string;
  /** JSON for the other members, up to 4 KiB. Empty: nothing. */
  info?: string;
}

/** Encodes and decodes `OutsideMember`. */
export const OutsideMember = struct<OutsideMember>('Statecast.OutsideMember', {
  id: required(0, t.string),
  user: optional(1, t.string),
  info: optional(2, t.string),
});

/** The arguments of `Push.pushByRoom`. */
export interface PushPushByRoomArgs {
  /** the room's name */
  room: string;
  /** the text that members get */
  message: string;
}

/** The result of `Push.pushByRoom`. */
export interface PushPushByRoomResult {
  ret: Outcome;
  /** how many members the server sent it to */
  delivered: number;
}

/** The arguments of `Push.pushAll`. */
export interface PushPushAllArgs {
  /** the text that clients get */
  message: string;
}

/** The result of `Push.pushAll`. */
export interface PushPushAllResult {
  ret: Outcome;
  /** how many connections the server sent it to */
  delivered: number;
}

/** The arguments of `Push.members`. */
export interface PushMembersArgs {
  /** the room's name */
  room: string;
}

/** The result of `Push.members`. */
export interface PushMembersResult {
  ret: Outcome;
  /** its members, in the order of their joins */
  list: Member[];
}

/** The arguments of `Push.rooms`. */
export interface PushRoomsArgs {
  /** the most rooms to list; 0 for all */
  limit: number;
}

/** The result of `Push.rooms`. */
export interface PushRoomsResult {
  ret: Outcome;
  /** the rooms in the order of their names */
  list: Room[];
  /** how many rooms there are */
  total: number;
}

/** The arguments of `Push.kick`. */
export interface PushKickArgs {
  /** the room to leave; empty to close the connection */
  room: string;
  /** the connection's id */
  id: string;
  /** the text that the client gets */
  reason: string;
}

/** The result of `Push.kick`. */
export interface PushKickResult {
  ret: Outcome;
}

/** The arguments of `Push.publish`. */
export interface PushPublishArgs {
  room: string;
  /** the message, as JSON text */
  data: string;
  options: PublishOptions;
}

/** The result of `Push.publish`. */
export interface PushPublishResult {
  ret: Status;
  /** where it is in the stream of the room */
  position: Position;
}

/** The arguments of `Push.publishToRooms`. */
export interface PushPublishToRoomsArgs {
  rooms: string[];
  /** the message, as JSON text */
  data: string;
  options: PublishOptions;
}

/** The result of `Push.publishToRooms`. */
export interface PushPublishToRoomsResult {
  ret: Status;
  /** what came of it, in the order of the rooms */
  outcomes: RoomOutcome[];
}

/** The arguments of `Push.history`. */
export interface PushHistoryArgs {
  room: string;
  query: HistoryQuery;
}

/** The result of `Push.history`. */
export interface PushHistoryResult {
  ret: Status;
  publications: Publication[];
  /** where the stream stands */
  position: Position;
}

/** The arguments of `Push.removeHistory`. */
export interface PushRemoveHistoryArgs {
  room: string;
}

/** The result of `Push.removeHistory`. */
export interface PushRemoveHistoryResult {
  ret: Status;
}

/** The arguments of `Push.presence`. */
export interface PushPresenceArgs {
  room: string;
}

/** The result of `Push.presence`. */
export interface PushPresenceResult {
  ret: Status;
  list: Client[];
}

/** The arguments of `Push.presenceStats`. */
export interface PushPresenceStatsArgs {
  room: string;
}

/** The result of `Push.presenceStats`. */
export interface PushPresenceStatsResult {
  ret: Status;
  clients: number;
  /** different users; all anonymous connections together count as one */
  users: number;
}

/** The arguments of `Push.send`. */
export interface PushSendArgs {
  who: Selection;
  /** the message, as JSON text */
  data: string;
}

/** The result of `Push.send`. */
export interface PushSendResult {
  ret: Status;
  /** whether there is such a connection */
  found: boolean;
}

/** The arguments of `Push.subscribe`. */
export interface PushSubscribeArgs {
  who: Selection;
  room: string;
  options: SubscribeOptions;
}

/** The result of `Push.subscribe`. */
export interface PushSubscribeResult {
  ret: Status;
  /** whether there is such a connection */
  found: boolean;
}

/** The arguments of `Push.unsubscribe`. */
export interface PushUnsubscribeArgs {
  who: Selection;
  room: string;
  /** 0: 2000, and the clients stay away; from 2500 on they subscribe again */
  code: number;
  /** what the clients get; empty: the usual text */
  reason: string;
}

/** The result of `Push.unsubscribe`. */
export interface PushUnsubscribeResult {
  ret: Status;
  /** whether somebody was in the room */
  found: boolean;
}

/** The arguments of `Push.disconnect`. */
export interface PushDisconnectArgs {
  who: Selection;
  options: DisconnectOptions;
}

/** The result of `Push.disconnect`. */
export interface PushDisconnectResult {
  ret: Status;
  found: boolean;
}

/** The arguments of `Push.refresh`. */
export interface PushRefreshArgs {
  who: Selection;
  options: RefreshOptions;
}

/** The result of `Push.refresh`. */
export interface PushRefreshResult {
  ret: Status;
  found: boolean;
}

/** The arguments of `Push.invalidate`. */
export interface PushInvalidateArgs {
  who: Selection;
  /** the room that the tokens are for; empty: those of the connections */
  room: string;
}

/** The result of `Push.invalidate`. */
export interface PushInvalidateResult {
  ret: Status;
  found: boolean;
}

/** The arguments of `Push.revoke`. */
export interface PushRevokeArgs {
  what: Revocation;
}

/** The result of `Push.revoke`. */
export interface PushRevokeResult {
  ret: Status;
}

/** The arguments of `Push.unrevoke`. */
export interface PushUnrevokeArgs {
  /** the token or the user */
  what: Revocation;
}

/** The result of `Push.unrevoke`. */
export interface PushUnrevokeResult {
  ret: Status;
  found: boolean;
}

/** The result of `Push.revocations`. */
export interface PushRevocationsResult {
  ret: Status;
  list: Revocation[];
}

/** The result of `Push.nodes`. */
export interface PushNodesResult {
  ret: Status;
  list: Node[];
}

/** The arguments of `Push.findRooms`. */
export interface PushFindRoomsArgs {
  /** names that fit: `*` is any text, `?` one character; empty: all */
  pattern: string;
}

/** The result of `Push.findRooms`. */
export interface PushFindRoomsResult {
  ret: Status;
  list: Room[];
}

/** The arguments of `Push.setPresence`. */
export interface PushSetPresenceArgs {
  room: string;
  member: OutsideMember;
  /** for how long, up to 86,400; 0: 60 */
  ttlSeconds: number;
}

/** The result of `Push.setPresence`. */
export interface PushSetPresenceResult {
  ret: Status;
  /** the id under which it is listed */
  client: string;
}

/** The arguments of `Push.removePresence`. */
export interface PushRemovePresenceArgs {
  room: string;
  /** your id of the member */
  id: string;
}

/** The result of `Push.removePresence`. */
export interface PushRemovePresenceResult {
  ret: Status;
  /** whether it was present */
  found: boolean;
}

/** The arguments of `Push.broadcast`. */
export interface PushBroadcastArgs {
  /** the message, as JSON text */
  data: string;
}

/** The result of `Push.broadcast`. */
export interface PushBroadcastResult {
  ret: Status;
}

/** The arguments of `Push.mute`. */
export interface PushMuteArgs {
  room: string;
}

/** The result of `Push.mute`. */
export interface PushMuteResult {
  ret: Status;
}

/** The arguments of `Push.unmute`. */
export interface PushUnmuteArgs {
  room: string;
}

/** The result of `Push.unmute`. */
export interface PushUnmuteResult {
  ret: Status;
}

/** The arguments of `Push.closeRoom`. */
export interface PushCloseRoomArgs {
  room: string;
  /** the text that clients get */
  reason: string;
}

/** The result of `Push.closeRoom`. */
export interface PushCloseRoomResult {
  ret: Status;
  /** whether there was such a room */
  found: boolean;
}

/** The functions of `Push` with the types of their parameters. */
export const PushMethods = {
  pushByRoom: method<PushPushByRoomArgs, PushPushByRoomResult>(
    'Statecast.Push.pushByRoom',
    { room: required(1, t.string), message: required(2, t.string) },
    { ret: required(0, t.enum(Outcome)), delivered: required(3, t.int) },
  ),
  pushAll: method<PushPushAllArgs, PushPushAllResult>(
    'Statecast.Push.pushAll',
    { message: required(1, t.string) },
    { ret: required(0, t.enum(Outcome)), delivered: required(2, t.int) },
  ),
  members: method<PushMembersArgs, PushMembersResult>(
    'Statecast.Push.members',
    { room: required(1, t.string) },
    { ret: required(0, t.enum(Outcome)), list: required(2, t.vector(Member)) },
  ),
  rooms: method<PushRoomsArgs, PushRoomsResult>(
    'Statecast.Push.rooms',
    { limit: required(1, t.int) },
    { ret: required(0, t.enum(Outcome)), list: required(2, t.vector(Room)), total: required(3, t.int) },
  ),
  kick: method<PushKickArgs, PushKickResult>(
    'Statecast.Push.kick',
    { room: required(1, t.string), id: required(2, t.string), reason: required(3, t.string) },
    { ret: required(0, t.enum(Outcome)) },
  ),
  publish: method<PushPublishArgs, PushPublishResult>(
    'Statecast.Push.publish',
    { room: required(1, t.string), data: required(2, t.string), options: required(3, PublishOptions) },
    { ret: required(0, Status), position: required(4, Position) },
  ),
  publishToRooms: method<PushPublishToRoomsArgs, PushPublishToRoomsResult>(
    'Statecast.Push.publishToRooms',
    {
      rooms: required(1, t.vector(t.string)),
      data: required(2, t.string),
      options: required(3, PublishOptions),
    },
    { ret: required(0, Status), outcomes: required(4, t.vector(RoomOutcome)) },
  ),
  history: method<PushHistoryArgs, PushHistoryResult>(
    'Statecast.Push.history',
    { room: required(1, t.string), query: required(2, HistoryQuery) },
    {
      ret: required(0, Status),
      publications: required(3, t.vector(Publication)),
      position: required(4, Position),
    },
  ),
  removeHistory: method<PushRemoveHistoryArgs, PushRemoveHistoryResult>(
    'Statecast.Push.removeHistory',
    { room: required(1, t.string) },
    { ret: required(0, Status) },
  ),
  presence: method<PushPresenceArgs, PushPresenceResult>(
    'Statecast.Push.presence',
    { room: required(1, t.string) },
    { ret: required(0, Status), list: required(2, t.vector(Client)) },
  ),
  presenceStats: method<PushPresenceStatsArgs, PushPresenceStatsResult>(
    'Statecast.Push.presenceStats',
    { room: required(1, t.string) },
    { ret: required(0, Status), clients: required(2, t.int), users: required(3, t.int) },
  ),
  send: method<PushSendArgs, PushSendResult>(
    'Statecast.Push.send',
    { who: required(1, Selection), data: required(2, t.string) },
    { ret: required(0, Status), found: required(3, t.bool) },
  ),
  subscribe: method<PushSubscribeArgs, PushSubscribeResult>(
    'Statecast.Push.subscribe',
    { who: required(1, Selection), room: required(2, t.string), options: required(3, SubscribeOptions) },
    { ret: required(0, Status), found: required(4, t.bool) },
  ),
  unsubscribe: method<PushUnsubscribeArgs, PushUnsubscribeResult>(
    'Statecast.Push.unsubscribe',
    {
      who: required(1, Selection),
      room: required(2, t.string),
      code: required(3, t.int),
      reason: required(4, t.string),
    },
    { ret: required(0, Status), found: required(5, t.bool) },
  ),
  disconnect: method<PushDisconnectArgs, PushDisconnectResult>(
    'Statecast.Push.disconnect',
    { who: required(1, Selection), options: required(2, DisconnectOptions) },
    { ret: required(0, Status), found: required(3, t.bool) },
  ),
  refresh: method<PushRefreshArgs, PushRefreshResult>(
    'Statecast.Push.refresh',
    { who: required(1, Selection), options: required(2, RefreshOptions) },
    { ret: required(0, Status), found: required(3, t.bool) },
  ),
  invalidate: method<PushInvalidateArgs, PushInvalidateResult>(
    'Statecast.Push.invalidate',
    { who: required(1, Selection), room: required(2, t.string) },
    { ret: required(0, Status), found: required(3, t.bool) },
  ),
  revoke: method<PushRevokeArgs, PushRevokeResult>(
    'Statecast.Push.revoke',
    { what: required(1, Revocation) },
    { ret: required(0, Status) },
  ),
  unrevoke: method<PushUnrevokeArgs, PushUnrevokeResult>(
    'Statecast.Push.unrevoke',
    { what: required(1, Revocation) },
    { ret: required(0, Status), found: required(2, t.bool) },
  ),
  revocations: method<Nothing, PushRevocationsResult>(
    'Statecast.Push.revocations',
    {},
    { ret: required(0, Status), list: required(1, t.vector(Revocation)) },
  ),
  nodes: method<Nothing, PushNodesResult>(
    'Statecast.Push.nodes',
    {},
    { ret: required(0, Status), list: required(1, t.vector(Node)) },
  ),
  findRooms: method<PushFindRoomsArgs, PushFindRoomsResult>(
    'Statecast.Push.findRooms',
    { pattern: required(1, t.string) },
    { ret: required(0, Status), list: required(2, t.vector(Room)) },
  ),
  setPresence: method<PushSetPresenceArgs, PushSetPresenceResult>(
    'Statecast.Push.setPresence',
    { room: required(1, t.string), member: required(2, OutsideMember), ttlSeconds: required(3, t.int) },
    { ret: required(0, Status), client: required(4, t.string) },
  ),
  removePresence: method<PushRemovePresenceArgs, PushRemovePresenceResult>(
    'Statecast.Push.removePresence',
    { room: required(1, t.string), id: required(2, t.string) },
    { ret: required(0, Status), found: required(3, t.bool) },
  ),
  broadcast: method<PushBroadcastArgs, PushBroadcastResult>(
    'Statecast.Push.broadcast',
    { data: required(1, t.string) },
    { ret: required(0, Status) },
  ),
  mute: method<PushMuteArgs, PushMuteResult>(
    'Statecast.Push.mute',
    { room: required(1, t.string) },
    { ret: required(0, Status) },
  ),
  unmute: method<PushUnmuteArgs, PushUnmuteResult>(
    'Statecast.Push.unmute',
    { room: required(1, t.string) },
    { ret: required(0, Status) },
  ),
  closeRoom: method<PushCloseRoomArgs, PushCloseRoomResult>(
    'Statecast.Push.closeRoom',
    { room: required(1, t.string), reason: required(2, t.string) },
    { ret: required(0, Status), found: required(3, t.bool) },
  ),
};

/** The servant PushObj. */
export interface PushProxy {
  /** Sends a message to all members of a room. */
  pushByRoom(args: PushPushByRoomArgs, options?: CallOptions): Promise<Decoded<PushPushByRoomResult>>;
  /** Sends a message to every connection of this server. */
  pushAll(args: PushPushAllArgs, options?: CallOptions): Promise<Decoded<PushPushAllResult>>;
  /** Lists the members of a room. */
  members(args: PushMembersArgs, options?: CallOptions): Promise<Decoded<PushMembersResult>>;
  /** Lists the rooms with members on this server. */
  rooms(args: PushRoomsArgs, options?: CallOptions): Promise<Decoded<PushRoomsResult>>;
  /** Removes a connection from a room, or closes it. */
  kick(args: PushKickArgs, options?: CallOptions): Promise<Decoded<PushKickResult>>;
  /** Publishes JSON in a room. */
  publish(args: PushPublishArgs, options?: CallOptions): Promise<Decoded<PushPublishResult>>;
  /** Publishes the same JSON in several rooms, at most 10,000. */
  publishToRooms(
    args: PushPublishToRoomsArgs,
    options?: CallOptions,
  ): Promise<Decoded<PushPublishToRoomsResult>>;
  /** Reads what the stream of a room keeps. */
  history(args: PushHistoryArgs, options?: CallOptions): Promise<Decoded<PushHistoryResult>>;
  /** Drops what the stream of a room keeps. Its position stays. */
  removeHistory(
    args: PushRemoveHistoryArgs,
    options?: CallOptions,
  ): Promise<Decoded<PushRemoveHistoryResult>>;
  /** Lists the connections in a room, on all servers, in any order. */
  presence(args: PushPresenceArgs, options?: CallOptions): Promise<Decoded<PushPresenceResult>>;
  /** Counts the connections in a room. */
  presenceStats(
    args: PushPresenceStatsArgs,
    options?: CallOptions,
  ): Promise<Decoded<PushPresenceStatsResult>>;
  /** Sends JSON to connections. */
  send(args: PushSendArgs, options?: CallOptions): Promise<Decoded<PushSendResult>>;
  /** Joins connections to a room. No rule of the room is asked. */
  subscribe(args: PushSubscribeArgs, options?: CallOptions): Promise<Decoded<PushSubscribeResult>>;
  /** Ends memberships. */
  unsubscribe(args: PushUnsubscribeArgs, options?: CallOptions): Promise<Decoded<PushUnsubscribeResult>>;
  /** Closes connections. */
  disconnect(args: PushDisconnectArgs, options?: CallOptions): Promise<Decoded<PushDisconnectResult>>;
  /** Changes how long connections last, or what others see of them. */
  refresh(args: PushRefreshArgs, options?: CallOptions): Promise<Decoded<PushRefreshResult>>;
  /** Has clients fetch new tokens. */
  invalidate(args: PushInvalidateArgs, options?: CallOptions): Promise<Decoded<PushInvalidateResult>>;
  /** Believes a token or a user no longer, at once and after a restart. */
  revoke(args: PushRevokeArgs, options?: CallOptions): Promise<Decoded<PushRevokeResult>>;
  /** Lifts a revocation. */
  unrevoke(args: PushUnrevokeArgs, options?: CallOptions): Promise<Decoded<PushUnrevokeResult>>;
  /** Lists what is revoked now. */
  revocations(options?: CallOptions): Promise<Decoded<PushRevocationsResult>>;
  /** Lists the servers. */
  nodes(options?: CallOptions): Promise<Decoded<PushNodesResult>>;
  /** Lists the rooms that have members, on all servers, 20,000 at most. */
  findRooms(args: PushFindRoomsArgs, options?: CallOptions): Promise<Decoded<PushFindRoomsResult>>;
  /** Makes somebody present in a room without a connection; again: keeps it present. It takes no seat. */
  setPresence(args: PushSetPresenceArgs, options?: CallOptions): Promise<Decoded<PushSetPresenceResult>>;
  /** Ends a presence that was set by `setPresence`. */
  removePresence(
    args: PushRemovePresenceArgs,
    options?: CallOptions,
  ): Promise<Decoded<PushRemovePresenceResult>>;
  /** Sends JSON to every open socket of all servers. */
  broadcast(args: PushBroadcastArgs, options?: CallOptions): Promise<Decoded<PushBroadcastResult>>;
  /** Lets only the server publish in a room, as long as the room is in memory. */
  mute(args: PushMuteArgs, options?: CallOptions): Promise<Decoded<PushMuteResult>>;
  /** Lets connections publish in a room again. */
  unmute(args: PushUnmuteArgs, options?: CallOptions): Promise<Decoded<PushUnmuteResult>>;
  /** Puts all members out of a room, and lets it go from memory. */
  closeRoom(args: PushCloseRoomArgs, options?: CallOptions): Promise<Decoded<PushCloseRoomResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createPushProxy(caller: Caller): PushProxy {
  return createProxy(PushMethods, caller);
}

/** The servant PushObj. */
export interface PushServant {
  /** Sends a message to all members of a room. */
  pushByRoom(args: Decoded<PushPushByRoomArgs>, call: ServantCall): Promise<PushPushByRoomResult>;
  /** Sends a message to every connection of this server. */
  pushAll(args: Decoded<PushPushAllArgs>, call: ServantCall): Promise<PushPushAllResult>;
  /** Lists the members of a room. */
  members(args: Decoded<PushMembersArgs>, call: ServantCall): Promise<PushMembersResult>;
  /** Lists the rooms with members on this server. */
  rooms(args: Decoded<PushRoomsArgs>, call: ServantCall): Promise<PushRoomsResult>;
  /** Removes a connection from a room, or closes it. */
  kick(args: Decoded<PushKickArgs>, call: ServantCall): Promise<PushKickResult>;
  /** Publishes JSON in a room. */
  publish(args: Decoded<PushPublishArgs>, call: ServantCall): Promise<PushPublishResult>;
  /** Publishes the same JSON in several rooms, at most 10,000. */
  publishToRooms(args: Decoded<PushPublishToRoomsArgs>, call: ServantCall): Promise<PushPublishToRoomsResult>;
  /** Reads what the stream of a room keeps. */
  history(args: Decoded<PushHistoryArgs>, call: ServantCall): Promise<PushHistoryResult>;
  /** Drops what the stream of a room keeps. Its position stays. */
  removeHistory(args: Decoded<PushRemoveHistoryArgs>, call: ServantCall): Promise<PushRemoveHistoryResult>;
  /** Lists the connections in a room, on all servers, in any order. */
  presence(args: Decoded<PushPresenceArgs>, call: ServantCall): Promise<PushPresenceResult>;
  /** Counts the connections in a room. */
  presenceStats(args: Decoded<PushPresenceStatsArgs>, call: ServantCall): Promise<PushPresenceStatsResult>;
  /** Sends JSON to connections. */
  send(args: Decoded<PushSendArgs>, call: ServantCall): Promise<PushSendResult>;
  /** Joins connections to a room. No rule of the room is asked. */
  subscribe(args: Decoded<PushSubscribeArgs>, call: ServantCall): Promise<PushSubscribeResult>;
  /** Ends memberships. */
  unsubscribe(args: Decoded<PushUnsubscribeArgs>, call: ServantCall): Promise<PushUnsubscribeResult>;
  /** Closes connections. */
  disconnect(args: Decoded<PushDisconnectArgs>, call: ServantCall): Promise<PushDisconnectResult>;
  /** Changes how long connections last, or what others see of them. */
  refresh(args: Decoded<PushRefreshArgs>, call: ServantCall): Promise<PushRefreshResult>;
  /** Has clients fetch new tokens. */
  invalidate(args: Decoded<PushInvalidateArgs>, call: ServantCall): Promise<PushInvalidateResult>;
  /** Believes a token or a user no longer, at once and after a restart. */
  revoke(args: Decoded<PushRevokeArgs>, call: ServantCall): Promise<PushRevokeResult>;
  /** Lifts a revocation. */
  unrevoke(args: Decoded<PushUnrevokeArgs>, call: ServantCall): Promise<PushUnrevokeResult>;
  /** Lists what is revoked now. */
  revocations(call: ServantCall): Promise<PushRevocationsResult>;
  /** Lists the servers. */
  nodes(call: ServantCall): Promise<PushNodesResult>;
  /** Lists the rooms that have members, on all servers, 20,000 at most. */
  findRooms(args: Decoded<PushFindRoomsArgs>, call: ServantCall): Promise<PushFindRoomsResult>;
  /** Makes somebody present in a room without a connection; again: keeps it present. It takes no seat. */
  setPresence(args: Decoded<PushSetPresenceArgs>, call: ServantCall): Promise<PushSetPresenceResult>;
  /** Ends a presence that was set by `setPresence`. */
  removePresence(args: Decoded<PushRemovePresenceArgs>, call: ServantCall): Promise<PushRemovePresenceResult>;
  /** Sends JSON to every open socket of all servers. */
  broadcast(args: Decoded<PushBroadcastArgs>, call: ServantCall): Promise<PushBroadcastResult>;
  /** Lets only the server publish in a room, as long as the room is in memory. */
  mute(args: Decoded<PushMuteArgs>, call: ServantCall): Promise<PushMuteResult>;
  /** Lets connections publish in a room again. */
  unmute(args: Decoded<PushUnmuteArgs>, call: ServantCall): Promise<PushUnmuteResult>;
  /** Puts all members out of a room, and lets it go from memory. */
  closeRoom(args: Decoded<PushCloseRoomArgs>, call: ServantCall): Promise<PushCloseRoomResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createPushAdapter(servant: PushServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(PushMethods, servant, options);
}
