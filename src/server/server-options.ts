/** What a library user may say to `createServer`: the settings, and what no settings file can hold. */

import type { Settings, SettingsInput } from '../config/schema/settings.ts';
import type { ServerEventListener } from '../events/event-bus.ts';
import type { ServerEventName } from '../events/server-events.ts';
import type {
  HandlerContext,
  JoinContext,
  JoinRefusal,
  LeaveContext,
  MessageContext,
  MessageVerdict,
} from '../actors/room/room-options.ts';
import type { MemberView } from '../actors/room/roster.ts';
import type { ServerAddress } from '../actors/server/server.ts';
import type { Codec } from '../protocol/codec.ts';
import type { CreateTransport, TransportSetting } from '../transport/common/transport.ts';
import type { Control } from '../broker/control/control.ts';
import type { Presence } from '../broker/presence/presence.ts';
import type { Broker, History, HistoryQuery, Position } from '../broker/broker.ts';
import type { Json } from '../protocol/command.ts';
import type { ActorStates } from './actor-states.ts';
import type { RpcOf, ServantDefinitions } from './servants/rpc.ts';
import type { MembershipStore } from '../storage/membership-store.ts';
import type { Health } from '../http/health-route.ts';
import type { UserRoutes } from '../http/user-routes.ts';
import type { CallStatistics } from '../platform/statistics/call-statistics.ts';
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
}

/** What belongs to the rooms of a pattern: an exact name, or a prefix ending in `*`. */
export interface RoomDefinition<All extends ServantDefinitions = {}> {
  /** Members a room takes. Default: `limits.roomCapacity`. */
  readonly capacity?: number | undefined;
  /** Messages that a room takes of its connections a second. Default: any number. */
  readonly messagesPerSecond?: number | undefined;
  /** Which publications are kept, for `server.history` and for clients that come back. Default: none. */
  readonly history?: HistoryDefinition | undefined;
  /** Functions that the room's connections may call, as `hello.sayHello` or `hello.*`. Default: none. */
  readonly rpc?: readonly string[] | undefined;
  /** Asked before a join; return `refuse(reason)` to keep it out. Throwing or being late refuses it too. */
  onJoin?(join: WithServer<JoinContext, All>): JoinRefusal | void | Promise<JoinRefusal | void>;
  /** Asked before a connection's message is published; return `change`, `drop` or `answer`, or nothing to let it pass. */
  onMessage?(
    message: WithServer<MessageContext, All>,
  ): MessageVerdict | void | Promise<MessageVerdict | void>;
  /** Told after a member has left. */
  onLeave?(leave: WithServer<LeaveContext, All>): void | Promise<void>;
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

export interface ServerOptions<All extends ServantDefinitions = {}> extends LibrarySettings {
  /** Where memberships are kept. Default: in memory; `createLowdbStore({ dir })` keeps them in files. */
  readonly store?: MembershipStore;
  /**
   * Protocols of your own, by the path of their WebSocket endpoint, besides the line protocol at `/`. `statecast/testing`
   * has their contract.
   */
  readonly codecs?: Readonly<Record<`/${string}`, Codec>>;
  /** How clients of one of `codecs` connect where they cannot open a WebSocket. Default: not at all. */
  readonly streams?: StreamsDefinition;
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
   * What carries WebSockets and HTTP: `uws`, `ws`, or a transport of your own. Default `auto`: uWebSockets.js on
   * loopback where it loads, and else `ws`.
   */
  readonly transport?: TransportSetting | CreateTransport;
  /** By pattern; of several that match a room's name, the longest wins. */
  readonly rooms?: Readonly<Record<string, RoomDefinition<All>>>;
  /** TARS servants that handlers and, where a room allows it, clients may call. */
  readonly servants?: All;
  /** HTTP routes of your own, by method and path: `{ 'GET /hello/:name': ({ params }) => params.name }`. */
  readonly routes?: UserRoutes<StatecastServer<All>>;
  /**
   * Told of the errors of your own code: a handler of a room that threw or outlived its deadline, a route or a listener
   * that threw. `where` names it, as `onMessage of room "lobby"`. Default: they are written to standard error with their
   * stacks, those of one handler of a pattern that come from the same place once a minute.
   */
  readonly onError?: (error: unknown, where: string) => void;
}

/**
 * The ways to connect without a WebSocket, of a codec whose frames are lines of text. The reply `connected` has the
 * session and the node that a client sends with its commands.
 */
export interface StreamsDefinition {
  /** The path of the codec in `codecs`. */
  readonly codec: `/${string}`;
  /** Where each message is a line. Default `/connection/http_stream`. */
  readonly httpStream?: `/${string}`;
  /** Where each message is a server-sent event. Default `/connection/sse`. */
  readonly sse?: `/${string}`;
  /** Where clients of both send their commands. Default `/emulation`. */
  readonly emulation?: `/${string}`;
}

/** A room and the number of its members. */
export interface RoomMembers {
  readonly room: string;
  readonly members: number;
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
   * Says something in a room, past its handlers, its rate and its mute. The name of the room is a string: a number in
   * JavaScript may be rounded already. A number as the message is sent as JavaScript writes it, so give large ones as
   * strings.
   * @throws {RefusedError} when the name or the message breaks a limit, when the message is no JSON value (`undefined`,
   * `NaN`, a bigint, a `Map`), or when the rooms are being closed.
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
   * Puts a member out of a room; its connection stays and is told the reason. False when it is no member. With an empty
   * room it is `disconnect`. Like the calls below, it is answered at once, or by a promise where a `control` reaches
   * other servers.
   */
  kick(room: string, id: string, reason: string): boolean | Promise<boolean>;
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
