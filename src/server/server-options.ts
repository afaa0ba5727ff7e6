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
import type { RoomMembers } from '../operations/operations.ts';
import type { Codec } from '../protocol/codec.ts';
import type { CreateTransport, TransportSetting } from '../transport/common/transport.ts';
import type { Control } from '../broker/control/control.ts';
import type { Presence } from '../broker/presence/presence.ts';
import type { Broker, History, HistoryQuery, Position } from '../broker/broker.ts';
import type { Json } from '../protocol/command.ts';
import type { MessageTo, SchemaOutput } from './schema/room-types.ts';
import type { StandardSchema } from './schema/standard-schema.ts';
import type { Authenticate } from './identity/authentication.ts';
import type { ActorStates } from './actor-states.ts';
import type { RpcOf, ServantDefinitions } from './servants/rpc.ts';
import type { MembershipStore } from '../storage/membership-store.ts';
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

type LibraryOmits = 'store' | 'dataDir' | 'log' | 'demo' | 'rooms' | 'tars' | 'transport';

/**
 * The options of `createServer`. TypeScript finds out `MemberData` from what `authenticate` returns, if it stands before
 * the handlers, and `Rooms`, the schema of each pattern, from `rooms`.
 */
export interface ServerOptions<
  All extends ServantDefinitions = {},
  MemberData = unknown,
  Rooms = Readonly<Record<string, unknown>>,
> extends LibrarySettings {
  /** Where memberships are kept. Default: in memory; `createLowdbStore({ dir })` keeps them in files. */
  readonly store?: MembershipStore;
  /**
   * Protocols of your own, by the path of their WebSocket endpoint, besides the line protocol at `/`. `statecast/testing`
   * has their contract.
   */
  readonly codecs?: Readonly<Record<`/${string}`, Codec>>;
  /** Where the streams of rooms are, and what connects servers. Default: in memory. */
  readonly broker?: Broker;
  /** Who is in which room, over all servers. Default: in memory. */
  readonly presence?: Presence;
  /** How orders reach all servers. Default: in memory. */
  readonly control?: Control;
  /**
   * Where the statistics of calls of servants wait until they are sent to a TARS platform. Default: as `monitor.store`
   * says. `describeStatStore` of `statecast/testing` has its contract.
   */
  readonly statStore?: StatStore;
  /**
   * Where the events for `webhooks` wait until they are taken. Default: in memory; `createFileOutboxes({ dir })` keeps them
   * in files. `statecast/testing` has the contract of an outbox.
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
   * Lets only the server publish in a room, as long as the room is in memory.
   * @throws {RefusedError} when the name breaks a limit.
   */
  mute(room: string): void | Promise<void>;
  /** Lets connections publish again. */
  unmute(room: string): void | Promise<void>;
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
   * Closes a connection with 3503, so that it does not come back by itself. False when there is none.
   * @param reason The reason in the close frame, of which 123 bytes are sent. Default `force disconnect`.
   */
  disconnect(id: string, reason?: string): boolean | Promise<boolean>;
  /** Puts all members out of a room and lets it go from memory. False when it is not in memory. */
  closeRoom(room: string, reason: string): boolean | Promise<boolean>;
  /** The rooms that have members now, and how many. */
  rooms(): RoomMembers[] | Promise<RoomMembers[]>;
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
