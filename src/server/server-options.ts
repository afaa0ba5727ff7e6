/** What a library user may say to `createServer`: the settings, and what no settings file can hold. */

import type { Settings, SettingsInput } from '../config/schema/settings.ts';
import type { ServerEventListener } from '../events/event-bus.ts';
import type { ServerEventName } from '../events/server-events.ts';
import type {
  CallContext,
  CallVerdict,
  HandlerContext,
  HandlerMember,
  JoinContext,
  JoinRefusal,
  LeaveContext,
  MessageContext,
  MessageVerdict,
} from '../actors/room/room-options.ts';
import type { MemberView } from '../actors/room/roster.ts';
import type { ServerAddress } from '../actors/server/server.ts';
import type { ProblemQuery } from '../events/problem.ts';
import type {
  DisconnectRequest,
  NodeInfo,
  OutsideMember,
  Problems,
  RevokeRequest,
  RoomMembers,
  SubscribeRequest,
} from '../operations/operations.ts';
import type { RoomListener, Watch } from '../operations/watchers.ts';
import type { Ending } from '../protocol/endings.ts';
import type { Codec } from '../protocol/codec.ts';
import type { CreateTransport, TransportSetting } from '../transport/common/transport.ts';
import type { Control, RefreshOrder, Selection } from '../broker/control/control.ts';
import type { Presence, PresenceStats, PresentMember } from '../broker/presence/presence.ts';
import type { Broker, History, HistoryQuery, Position } from '../broker/broker.ts';
import type { Json } from '../protocol/command.ts';
import type { MessageTo, SchemaOutput } from './schema/room-types.ts';
import type { StandardSchema } from './schema/standard-schema.ts';
import type { Authenticate } from './identity/authentication.ts';
import type { ActorStates } from './actor-states.ts';
import type { RpcOf, ServantDefinitions } from './servants/rpc.ts';
import type { MembershipStore } from '../storage/membership-store.ts';
import type { MuteStore } from '../storage/mutes/mute-store.ts';
import type { Revocation, RevocationStore, Revoked } from '../storage/revocations/revocation-store.ts';
import type { Health } from '../http/health-route.ts';
import type { UserRoutes } from '../http/user-routes.ts';
import type { CallStatistics } from '../platform/statistics/call-statistics.ts';
import type { CreateOutbox } from '../webhooks/outbox/create-outbox.ts';
import type { StatStore } from '../platform/statistics/stat-store.ts';

/** A handler's context, with the server that calls it and the servants that it may call. */
export type WithServer<Context extends HandlerContext, All extends ServantDefinitions = {}> = Context & {
  readonly server: StatecastServer<All>;
  /** A typed proxy for each of `servants`: `await rpc.hello.sayHello({ name })`. */
  readonly rpc: RpcOf<All>;
};

/** What the streams of rooms keep. */
export interface HistoryDefinition {
  /** The latest publications that are kept. Default 0: only the position of the stream. */
  readonly size?: number | undefined;
  /** How long they are kept after the latest one. Default 300. */
  readonly ttlSeconds?: number | undefined;
  /** What a client that comes back gets: all that it missed (true, the default), the latest publication, or nothing. */
  readonly recover?: boolean | 'cache' | undefined;
}

/**
 * Who of the connections may do something in a room: all; those with a proven user; the members; those whose token names
 * the room; none.
 */
export type WhoMay = 'anyone' | 'users' | 'members' | 'token' | 'nobody';

/** Who may do what in a room. */
export interface RoomPermissions {
  readonly join?: Exclude<WhoMay, 'members'> | undefined;
  readonly publish?: WhoMay | undefined;
  /** Asking who is in the room. */
  readonly presence?: WhoMay | undefined;
  /** Asking for the publications that are kept. */
  readonly history?: WhoMay | undefined;
  /** Calling the functions of `rpc`. */
  readonly rpc?: WhoMay | undefined;
}

/**
 * What belongs to the rooms of a pattern: an exact name, or a prefix ending in `*`. `MemberData` is what `authenticate`
 * answers as `data`.
 */
export interface RoomDefinition<All extends ServantDefinitions = {}, Schema = unknown, MemberData = unknown> {
  /** Members a room takes. Default: `limits.roomCapacity`. */
  readonly capacity?: number | undefined;
  /** Messages that a room takes of its connections a second. Default: any number. */
  readonly messagesPerSecond?: number | undefined;
  /** Which publications are kept, for `server.history` and for clients that come back. Default: none. */
  readonly history?: HistoryDefinition | undefined;
  /** Who may do what. */
  readonly may?: RoomPermissions | undefined;
  /** Whether members are told who joins and leaves. Default false. */
  readonly joinLeave?: boolean | undefined;
  /** Whether clients that ask for it get only what has changed since the publication before. Default false. */
  readonly delta?: boolean | undefined;
  /**
   * Whether errors about the room tell clients of the SDKs on what grounds they are: the state, the guards and the limit.
   * Default false.
   */
  readonly explain?: boolean | undefined;
  /** Functions that the room's connections may call, as `hello.sayHello` or `hello.*`. Default: none. */
  readonly rpc?: readonly string[] | undefined;
  /**
   * What is said in the room: a schema of zod, valibot, arktype or another library with the interface of
   * https://standardschema.dev. What does not fit is refused with 107 and the path, also if the server itself says it.
   * What the schema makes of a message is given to `onMessage`, and published. An asynchronous schema has the deadline of
   * `onMessage`. Default: any JSON.
   */
  readonly message?: (Schema & StandardSchema) | undefined;
  /** Asked before a join; return `refuse(reason)` to keep it out. Throwing or being late refuses it too. */
  onJoin?(join: WithServer<JoinContext<MemberData>, All>): JoinRefusal | void | Promise<JoinRefusal | void>;
  /** Asked before a connection's message is published, and after `message`; return `change`, `drop` or `answer`, or nothing to let it pass. */
  onMessage?(
    message: WithServer<MessageContext<SchemaOutput<Schema>, MemberData>, All>,
  ): MessageVerdict | void | Promise<MessageVerdict | void>;
  /**
   * Asked before a function of `rpc` is called through the room; return `refuse` or `answer`, or nothing to let it pass.
   * Throwing or being late refuses it too.
   */
  onCall?(call: WithServer<CallContext<MemberData>, All>): CallVerdict | void | Promise<CallVerdict | void>;
  /** Told after a member has left. */
  onLeave?(leave: WithServer<LeaveContext<MemberData>, All>): void | Promise<void>;
}

/**
 * The settings that make sense for a library: it has no log of its own and no example servant, and is given a store
 * instead of told of one.
 */
export interface LibrarySettings extends Omit<SettingsInput, LibraryOmits> {
  /** What `servants` is not told: the registry, deadlines, bounds, and where `Statecast.Push` is served. */
  readonly tars?: Omit<NonNullable<SettingsInput['tars']>, 'servants'>;
}

type LibraryOmits = 'store' | 'dataDir' | 'workers' | 'log' | 'demo' | 'rooms' | 'tars' | 'transport';

/**
 * The options of `createServer`. TypeScript finds out `MemberData` from what `authenticate` returns, if it stands before
 * the handlers, and `Rooms`, the schema of each pattern, from `rooms`.
 */
export interface ServerOptions<
  All extends ServantDefinitions = {},
  MemberData = unknown,
  Rooms = Readonly<Record<string, unknown>>,
> extends LibrarySettings {
  /**
   * Where memberships are kept. Default, as for the parts below: in Redis where `redis.url` is set, and else in memory. A
   * part that is given wins over Redis; `statecast/testing` has the contract of each. `createLowdbStore({ dir })` keeps
   * memberships in files.
   */
  readonly store?: MembershipStore;
  /**
   * Protocols of your own, by the path of their WebSocket endpoint, besides the line protocol at `/`. `statecast/testing`
   * has their contract.
   */
  readonly codecs?: Readonly<Record<`/${string}`, Codec>>;
  /** Where the streams of rooms are, and what connects servers. Default: in Redis, or in memory. */
  readonly broker?: Broker;
  /** Who is in which room, over all servers. Default: in Redis, or in memory. */
  readonly presence?: Presence;
  /** How orders reach all servers. Default: through Redis, or in memory. */
  readonly control?: Control;
  /**
   * Where it is kept which tokens and users are revoked. Default: in Redis, or in memory, where a restart lifts all;
   * `createFileRevocations({ dir })` keeps them in a file.
   */
  readonly revocations?: RevocationStore;
  /** Where it is kept which rooms are muted. Default: in Redis, or in memory, where a restart unmutes all. */
  readonly mutes?: MuteStore;
  /**
   * Where the statistics of calls of servants wait until they are sent to a TARS platform. Default: as `monitor.store`
   * says. `describeStatStore` of `statecast/testing` has its contract.
   */
  readonly statStore?: StatStore;
  /**
   * Where the events for `webhooks` wait until they are taken. Default: in Redis, or in memory; `createFileOutboxes({ dir })`
   * keeps them in files.
   */
  readonly outbox?: CreateOutbox;
  /**
   * What carries WebSockets and HTTP: `uws`, `ws`, or a transport of your own. Default `auto`: uWebSockets.js on
   * loopback where it loads, and else `ws`.
   */
  readonly transport?: TransportSetting | CreateTransport;
  /** By pattern; of several that match a room's name, the longest wins. */
  readonly rooms?: { readonly [Pattern in keyof Rooms]: RoomDefinition<All, Rooms[Pattern], MemberData> };
  /** TARS servants that handlers and, where a room allows it, clients may call. */
  readonly servants?: All;
  /** HTTP routes of your own, by method and path: `{ 'GET /hello/:name': ({ params }) => params.name }`. */
  readonly routes?: UserRoutes<StatecastServer<All>>;
  /**
   * Tells who a client is, before it may do anything: return `{ user }` and more, or `refuse(reason)`. A token that the
   * settings `auth` can check has been checked before, and `claims` has what it says; returned fields win. Return nothing
   * to leave the client as it is: the user of its token, or anonymous. Throwing or being late refuses it, and it may try
   * again.
   */
  readonly authenticate?: Authenticate<MemberData>;
  /**
   * Asked before a broadcast of a client; return `change`, `drop` or `answer`, or nothing to let it pass. Throwing or being
   * late refuses it.
   */
  readonly onBroadcast?: (
    broadcast: ServerHandlerContext<All, MemberData> & { readonly data: Json; readonly signal: AbortSignal },
  ) => MessageVerdict | void | Promise<MessageVerdict | void>;
  /**
   * Answers calls of clients that go to no room (`rpc` of the Centrifuge protocol): return `answer(data)` or
   * `refuse(reason)`. Nothing: there is no such function.
   */
  readonly onCall?: (
    call: ServerHandlerContext<All, MemberData> & { readonly method: string; readonly data: Json },
  ) => CallVerdict | void | Promise<CallVerdict | void>;
  /** Told of the messages that clients send to the server itself (`send` of the Centrifuge protocol). */
  readonly onSend?: (
    message: ServerHandlerContext<All, MemberData> & { readonly data: Json },
  ) => void | Promise<void>;
  /**
   * Told of the errors of your own code: a handler of a room that threw or outlived its deadline, a route or a listener
   * that threw. `where` names it, as `onMessage of room "lobby"`. Default: they are written to standard error with their
   * stacks, those of one handler of a pattern that come from the same place once a minute.
   */
  readonly onError?: (error: unknown, where: string) => void;
}

/** What the handlers of the server are told. */
export interface ServerHandlerContext<All extends ServantDefinitions = {}, MemberData = unknown> {
  readonly member: HandlerMember<MemberData>;
  readonly server: StatecastServer<All>;
  readonly rpc: RpcOf<All>;
}

export interface StatecastServer<All extends ServantDefinitions = {}> {
  readonly settings: Omit<Settings, 'store' | 'dataDir' | 'log'>;
  /** A typed proxy for each servant; its methods reject with `RpcError`. */
  readonly rpc: RpcOf<All>;
  /** What is counted of calls of servants; `joinPlatform` sends it to a TARS platform. */
  readonly callStatistics: CallStatistics;
  /**
   * Reads the store and starts to listen, once; a server that was closed rejects.
   * @throws {ListenError} when the address cannot be listened on.
   * @throws {StoreError} when the store cannot be used at all.
   */
  listen(): Promise<ServerAddress>;
  /** Drains and stops, within `drainSeconds`; may be called more than once. */
  close(): Promise<void>;
  /**
   * Says something in a room, past its handlers, its rate and its mute; only its schema is asked. The name of the room is a string: a number in
   * JavaScript may be rounded already. A number as the message is sent as JavaScript writes it, so give large ones as
   * strings.
   * @throws {RefusedError} when the name or the message breaks a limit, when the message is no JSON value (`undefined`,
   * `NaN`, a bigint, a `Map`), when it does not fit the schema of the room (`message`), or when the rooms are being closed.
   */
  publish(room: string, data: Json): Promise<Position>;
  /**
   * Says something to every open socket.
   * @throws {RefusedError} as `publish`.
   */
  broadcast(data: Json): Promise<void>;
  /**
   * What the stream of a room keeps, and where it stands. `rooms` says how much that is.
   * @throws {RefusedError} when the name breaks a limit.
   */
  history(room: string, query?: HistoryQuery): Promise<History>;
  /**
   * Who is in a room, in the order of their joins, and who is away.
   * @throws {RefusedError} when the name breaks a limit.
   */
  members(room: string): Promise<MemberView[]>;
  /**
   * Lets only the server publish in a room, whether it has members or not; on all nodes.
   * @throws {RefusedError} when the name breaks a limit, or 100,000 rooms are muted.
   */
  mute(room: string): void | Promise<void>;
  /** Lets connections publish again. */
  unmute(room: string): void | Promise<void>;
  /** Which rooms are muted. */
  mutedRooms(): string[] | Promise<string[]>;
  /**
   * Puts a member out of a room; its connection stays and is told the reason. One that is away does not come back by itself
   * any more. False when it is no member. With an empty room it is `disconnect`. Like the calls below, it is answered at once, or by a promise where a `control` reaches
   * other servers.
   */
  kick(room: string, id: string, reason: string): boolean | Promise<boolean>;
  /**
   * Sends a message to one connection, or to all connections of a user. The Centrifuge SDKs have the event `message` for
   * it; on the line protocol it is a frame like those of rooms. False if there is no such connection.
   * @throws {RefusedError} when the message breaks a limit or is no JSON value, or when `to` is none of the two.
   */
  send(
    to: { readonly connection: string } | { readonly user: string },
    data: Json,
  ): boolean | Promise<boolean>;
  /**
   * Closes a connection, or all that are selected: those of `user`, the one with the id `connection`, the one with the
   * `session` of a client without a WebSocket. False when there is none.
   * @param who The id of a connection, or a selection.
   * @param request A reason, or `{ code, reason, except }`. Default: 3503, so that the client does not come back by itself.
   * @throws {RefusedError} when nothing is selected, or the code is not allowed.
   */
  disconnect(who: string | Selection, request?: string | DisconnectRequest): boolean | Promise<boolean>;
  /**
   * Joins connections to a room: each is told of it as of a room of its token. No rule of the room is asked; its `onJoin`
   * is, and its capacity holds. One that is in the room stays as it is. One that is in as many rooms as it may be is
   * closed with 3505. False when no connection is selected.
   * @throws {RefusedError} when nothing is selected, or the room's name or `info` or `data` breaks a limit.
   */
  subscribe(who: string | Selection, room: string, request?: SubscribeRequest): boolean | Promise<boolean>;
  /**
   * Ends the memberships of connections in a room, whoever has made them. Joins that are under way are refused, and users
   * who are away there do not come back by themselves. False when nobody was in the room.
   * @param ending Default: 2000, and the client stays away. From 2500 on it subscribes again. Your own codes are 2100 to
   * 2499 and 2600 to 2999.
   * @throws {RefusedError} when nothing is selected, or the code is not allowed.
   */
  unsubscribe(who: string | Selection, room: string, ending?: Ending): boolean | Promise<boolean>;
  /**
   * Changes connections: `expired` closes them with 3005; `expiresAt` is when they expire from now on, in milliseconds
   * since 1970, 0 for never; `info` is what others see of them in presence, and in what they publish and join later. False when there is
   * none.
   * @throws {RefusedError} when nothing is selected or changed.
   */
  refresh(who: string | Selection, changes: RefreshOrder): boolean | Promise<boolean>;
  /**
   * Has clients come back with a new token: closes their connections with 3014. With a room, its memberships end with
   * 2502, and clients subscribe again with a new token; a membership that the server has made closes its connection.
   * False when there is none.
   * @throws {RefusedError} when nothing is selected.
   */
  invalidate(who: string | Selection, room?: string): boolean | Promise<boolean>;
  /**
   * Believes a token or a user no longer, at once and after a restart: connections of the token are closed with 3500 and
   * those of the user with 3507, memberships by such a subscription token end with 2502, and neither is taken again. It
   * resolves when it is stored.
   * @param what `{ token }`: the id of a token, its claim `jti`. `{ user }`: all tokens of the user, and its name from
   * `authenticate`. `{ user, issuedBefore }`: only tokens that were made before (`iat`), in milliseconds since 1970.
   * @param until Default: ten years for a token; for a user, until it is lifted.
   * @throws {RefusedError} when nothing is named, the time is over, or it could not be stored; it holds then all the same.
   */
  revoke(what: RevokeRequest, until?: Date | number): Promise<void>;
  /**
   * Lifts a revocation. False when there is none.
   * @throws {RefusedError} as `revoke`.
   */
  unrevoke(what: Revoked): Promise<boolean>;
  /** What is revoked now. */
  revocations(): Revocation[] | Promise<Revocation[]>;
  /** Puts all members out of a room and lets it go from memory. False when it is not in memory. */
  closeRoom(room: string, reason: string): boolean | Promise<boolean>;
  /**
   * The rooms that have members now, and how many.
   * @param pattern Only rooms whose names fit: `*` is any text, `?` one character. Default: all.
   */
  rooms(pattern?: string): RoomMembers[] | Promise<RoomMembers[]>;
  /**
   * Drops what the stream of a room keeps. Its position stays.
   * @throws {RefusedError} when the name breaks a limit, or the broker fails.
   */
  removeHistory(room: string): Promise<void>;
  /**
   * The connections in a room, on any node, with what others may know of them. {@link StatecastServer.members} has those who are away too.
   * @throws {RefusedError} when the name breaks a limit, or the presence fails.
   */
  presence(room: string): Promise<PresentMember[]>;
  /**
   * How many connections and users are in a room, on any node.
   * @throws {RefusedError} as `presence`.
   */
  presenceStats(room: string): Promise<PresenceStats>;
  /**
   * Makes somebody present in a room without a connection, a bot or a device; again: keeps it present. It is in `members`
   * and `presence`, joins and leaves are told as of others (`member.joined`, `member.left`), and it takes no seat.
   * @param ttlMs For how long, from 1 second to 24 hours.
   * @returns The id under which it is listed: yours, behind `outside:`.
   * @throws {RefusedError} when the name, the member or the time breaks a limit, when 100,000 are present so, or the
   * presence fails.
   */
  setPresence(room: string, member: OutsideMember, ttlMs: number): Promise<string>;
  /**
   * Ends a presence that was set, by your id. False when there is none.
   * @throws {RefusedError} when the name breaks a limit.
   */
  removePresence(room: string, id: string): boolean | Promise<boolean>;
  /**
   * Tells a listener what is published in a room, and, where the room has `joinLeave`, who joins and leaves, from now on:
   * also where the room has no members here. At most 1,000 may watch at a time.
   * @throws {RefusedError} when the name breaks a limit, when too many watch, or the broker fails.
   */
  watch(room: string, listener: RoomListener): Promise<Watch>;
  /** The nodes, and how they are. One that does not answer within 2 seconds is missing. */
  info(): Promise<NodeInfo[]>;
  /**
   * What was refused, dropped or closed, and what failed in the last hour, on all nodes, each with its grounds: the state of
   * the machine, the event, the guards, the limit. What was seen last comes first; equal ones are counted.
   * @param query `{ client, user, room, rooms, kind, after, search }`; all that is given must fit. Default: all.
   * @param most How many at most, up to 1,000. Default 100.
   */
  explain(query?: ProblemQuery, most?: number): Promise<Problems>;
  health(): Health;
  /** The states of the machines, for operators: of the server, its connections and rooms, its servants and their endpoints. */
  states(): ActorStates;
  on<Name extends ServerEventName>(name: Name, listener: ServerEventListener<Name>): void;
  once<Name extends ServerEventName>(name: Name, listener: ServerEventListener<Name>): void;
  off<Name extends ServerEventName>(name: Name, listener: ServerEventListener<Name>): void;
}

/** A server that knows the types of messages by room: `publish` takes what the schema of the room takes. */
export interface TypedServer<
  All extends ServantDefinitions = {},
  Rooms = Readonly<Record<string, unknown>>,
> extends Omit<StatecastServer<All>, 'publish'> {
  /** As {@link StatecastServer.publish}. The message is typed if the name of the room tells its pattern. */
  publish<Name extends string>(room: Name, data: MessageTo<Rooms, Name>): Promise<Position>;
}
