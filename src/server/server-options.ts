/** What a library user may say to `createServer`: the settings, and what no settings file can hold. */

import type { Settings, SettingsInput } from '../config/settings.ts';
import type { EdgeListener } from '../edge/edge-bus.ts';
import type { EdgeEventName } from '../edge/edge-events.ts';
import type {
  HandlerContext,
  JoinContext,
  JoinRefusal,
  LeaveContext,
  MessageContext,
  MessageVerdict,
} from '../actors/room-options.ts';
import type { MemberView } from '../actors/roster.ts';
import type { ServerAddress } from '../actors/server.ts';
import type { Json } from '../protocol/command.ts';
import type { MembershipStore } from '../storage/membership-store.ts';
import type { Health } from '../transport/http/health-route.ts';
import type { UserRoutes } from '../transport/http/user-routes.ts';

/** A handler's context, with the server that calls it. */
export type WithServer<Context extends HandlerContext> = Context & { readonly server: StatecastServer };

/** What belongs to the rooms of a pattern: an exact name, or a prefix ending in `*`. */
export interface RoomDefinition {
  /** Members a room takes. Default: `limits.roomCapacity`. */
  readonly capacity?: number | undefined;
  /** Messages that a room takes of its connections a second. Default: any number. */
  readonly messagesPerSecond?: number | undefined;
  /** Asked before a join; return `refuse(reason)` to keep it out. Throwing or being late refuses it too. */
  onJoin?(join: WithServer<JoinContext>): JoinRefusal | void | Promise<JoinRefusal | void>;
  /** Asked before a connection's message is published; return `change`, `drop` or `answer`, or nothing to let it pass. */
  onMessage?(message: WithServer<MessageContext>): MessageVerdict | void | Promise<MessageVerdict | void>;
  /** Told after a member has left. */
  onLeave?(leave: WithServer<LeaveContext>): void | Promise<void>;
}

/** The settings that make sense for a library: it has no log of its own, and is given a store instead of told of one. */
export type LibrarySettings = Omit<SettingsInput, 'store' | 'dataDir' | 'log' | 'rooms'>;

export interface ServerOptions extends LibrarySettings {
  /** Where memberships are kept. Default: in memory; `createLowdbStore({ dir })` keeps them in files. */
  readonly store?: MembershipStore;
  /** By pattern; of several that match a room's name, the longest wins. */
  readonly rooms?: Readonly<Record<string, RoomDefinition>>;
  /** HTTP routes of your own, by method and path: `{ 'GET /hello/:name': ({ params }) => params.name }`. */
  readonly routes?: UserRoutes<StatecastServer>;
  /** Told of errors that belong to nobody: a listener or a route that threw. Default: written to stderr. */
  readonly onError?: (error: unknown, where: string) => void;
}

/** Where a publication stands in its room's stream. */
export interface Position {
  readonly offset: number;
  readonly epoch: string;
}

export interface StatecastServer {
  readonly settings: Omit<Settings, 'store' | 'dataDir' | 'log'>;
  /**
   * Reads the store and starts to listen, once; a server that was closed does not listen again.
   * @throws {ListenError} when the address cannot be listened on.
   * @throws {StoreError} when the store cannot be used at all.
   */
  listen(): Promise<ServerAddress>;
  /** Drains and stops, within `drainSeconds`; may be called more than once. */
  close(): Promise<void>;
  /**
   * Says something in a room, past its handlers, its rate and its mute.
   * @throws {RefusedError} when the name or the message breaks a limit, or the rooms are being closed.
   */
  publish(room: string, data: Json): Promise<Position>;
  /**
   * Says something to every open socket.
   * @throws {RefusedError} as `publish`.
   */
  broadcast(data: Json): Promise<void>;
  /**
   * Who is in a room, in the order of their joins, and who is away.
   * @throws {RefusedError} when the name breaks a limit.
   */
  members(room: string): Promise<MemberView[]>;
  /**
   * Lets only the server be heard in a room, as long as it is in memory.
   * @throws {RefusedError} when the name breaks a limit.
   */
  mute(room: string): void;
  /** Lets connections be heard again. */
  unmute(room: string): void;
  health(): Health;
  on<Name extends EdgeEventName>(name: Name, listener: EdgeListener<Name>): void;
  once<Name extends EdgeEventName>(name: Name, listener: EdgeListener<Name>): void;
  off<Name extends EdgeEventName>(name: Name, listener: EdgeListener<Name>): void;
}
