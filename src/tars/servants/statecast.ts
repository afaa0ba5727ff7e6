/**
 * Generated from statecast.tars by statecast tars2ts; do not edit.
 *
 * What a Statecast server answers to other servers of the platform: messages into rooms, and who is there.
 */

import {
  type AdapterOptions,
  type CallOptions,
  type Caller,
  type Decoded,
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

/** What became of a request. */
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
  /** The member has no connection at the moment and may come back. */
  away?: boolean;
}

/** Encodes and decodes `Member`. */
export const Member = struct<Member>('Statecast.Member', {
  id: required(0, t.string),
  user: optional(1, t.string),
  joinedAt: required(2, t.long),
  away: optional(3, t.bool, false),
});

/** A text that two `Member` share exactly when their key members are equal: to be the key of a `Map`. */
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

/** What `Push.pushByRoom` takes. */
export interface PushPushByRoomArgs {
  /** the room's name */
  room: string;
  /** the text that members get */
  message: string;
}

/** What `Push.pushByRoom` gives. */
export interface PushPushByRoomResult {
  ret: Outcome;
  /** how many members the server sent it to */
  delivered: number;
}

/** What `Push.pushAll` takes. */
export interface PushPushAllArgs {
  /** the text that clients get */
  message: string;
}

/** What `Push.pushAll` gives. */
export interface PushPushAllResult {
  ret: Outcome;
  /** how many connections the server sent it to */
  delivered: number;
}

/** What `Push.members` takes. */
export interface PushMembersArgs {
  /** the room's name */
  room: string;
}

/** What `Push.members` gives. */
export interface PushMembersResult {
  ret: Outcome;
  /** its members in the order they joined */
  list: Member[];
}

/** What `Push.rooms` takes. */
export interface PushRoomsArgs {
  /** how many rooms to tell at most; 0 for all */
  limit: number;
}

/** What `Push.rooms` gives. */
export interface PushRoomsResult {
  ret: Outcome;
  /** the rooms in the order of their names */
  list: Room[];
  /** how many there are */
  total: number;
}

/** What `Push.kick` takes. */
export interface PushKickArgs {
  /** the room to leave; empty to close the connection */
  room: string;
  /** the connection's id */
  id: string;
  /** what the client is told */
  reason: string;
}

/** What `Push.kick` gives. */
export interface PushKickResult {
  ret: Outcome;
}

/** The functions of `Push` as they travel. */
export const PushMethods = {
  pushByRoom: method<PushPushByRoomArgs, PushPushByRoomResult>(
    'Statecast.Push.pushByRoom',
    { room: required(1, t.string), message: required(2, t.string) },
    { ret: required(0, t.enum(Outcome)), delivered: required(3, t.int) },
    'room',
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
    'room',
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
};

/** The servant PushObj. */
export interface PushProxy {
  /** Sends a message to all members of a room. */
  pushByRoom(args: PushPushByRoomArgs, options?: CallOptions): Promise<Decoded<PushPushByRoomResult>>;
  /** Sends a message to every connection of this server. */
  pushAll(args: PushPushAllArgs, options?: CallOptions): Promise<Decoded<PushPushAllResult>>;
  /** Tells who is in a room. */
  members(args: PushMembersArgs, options?: CallOptions): Promise<Decoded<PushMembersResult>>;
  /** Tells which rooms have members on this server. */
  rooms(args: PushRoomsArgs, options?: CallOptions): Promise<Decoded<PushRoomsResult>>;
  /** Puts a connection out of a room, or closes it. */
  kick(args: PushKickArgs, options?: CallOptions): Promise<Decoded<PushKickResult>>;
}

/** Makes a proxy whose calls travel by `caller`. They reject with `TarsCallError` or `TarsEncodeError`. */
export function createPushProxy(caller: Caller): PushProxy {
  return createProxy(PushMethods, caller);
}

/** The servant PushObj. */
export interface PushServant {
  /** Sends a message to all members of a room. */
  pushByRoom(args: Decoded<PushPushByRoomArgs>, call: ServantCall): Promise<PushPushByRoomResult>;
  /** Sends a message to every connection of this server. */
  pushAll(args: Decoded<PushPushAllArgs>, call: ServantCall): Promise<PushPushAllResult>;
  /** Tells who is in a room. */
  members(args: Decoded<PushMembersArgs>, call: ServantCall): Promise<PushMembersResult>;
  /** Tells which rooms have members on this server. */
  rooms(args: Decoded<PushRoomsArgs>, call: ServantCall): Promise<PushRoomsResult>;
  /** Puts a connection out of a room, or closes it. */
  kick(args: Decoded<PushKickArgs>, call: ServantCall): Promise<PushKickResult>;
}

/** Makes the adapter that answers requests with what the servant does; when it fails, `options.failed` is told. */
export function createPushAdapter(servant: PushServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(PushMethods, servant, options);
}
