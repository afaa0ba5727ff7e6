/**
 * Generated from statecast.tars by statecast tars2ts; do not edit.
 *
 * The servant of a Statecast server, for other TARS services: publish messages to rooms, and see who is in them.
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
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createPushAdapter(servant: PushServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(PushMethods, servant, options);
}
