/** The composition root: makes a server of settings, handlers and parts. What the parts do stands with each of them. */

import { systemClock } from '../system/clock.ts';
import { createDirectory } from '../actors/directory.ts';
import type { PublishOutcome, Publisher } from '../actors/room/ports.ts';
import { NO_OBSERVER } from '../actors/runtime/live-machine.ts';
import { createMachines } from '../actors/machines.ts';
import { createPatternTable } from '../actors/room/room-options.ts';
import { createRooms, type Rooms } from '../actors/rooms.ts';
import { createServants } from '../actors/servant/servants.ts';
import { createServerActor, type ServerAddress } from '../actors/server/server.ts';
import { SupervisedRoom } from '../actors/room/supervised-room.ts';
import { DEFAULT_PROXY_POLICY } from '../actors/servant/tars-proxy-events.ts';
import { createMemoryBroker } from '../broker/memory-broker.ts';
import { createMemoryPresence } from '../broker/presence/memory-presence.ts';
import { ConfigError } from '../config/layer/config-error.ts';
import { parseSettings } from '../config/parse-settings.ts';
import { createEventBus } from '../events/event-bus.ts';
import { createRefusal } from '../protocol/errors.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import type { Health } from '../http/health-route.ts';
import { createUserRoutes } from '../http/user-routes.ts';
import type { CreateTransport } from '../transport/transport.ts';
import { createOriginPolicy } from '../transport/origin-policy.ts';
import { createUwsTransport } from '../transport/uws.ts';
import { createInspection } from './inspection.ts';
import { VERSION } from '../system/package-info.ts';
import { createPushServer } from './push-servant.ts';
import { RefusedError } from './refused-error.ts';
import { createRoomOptions } from './room-definitions.ts';
import { createServantLinks, describeStates } from './servant-links.ts';
import { createRpcPort, createRpcProxies, type ServantDefinitions } from './rpc.ts';
import type { ServerOptions, StatecastServer } from './server-options.ts';
import type { CallRecord } from '../platform/statistics/stat-counts.ts';
import { newTraceparent } from './trace-context.ts';
import { watchStore } from './store-health.ts';
import { CLOSED, createServices, startListening, stop } from './lifecycle.ts';
import { createWeb } from './web.ts';

/** The states of the server's machine in which no room is opened any more. */
const STOPPING = [
  { draining: 'flushing' },
  { draining: 'releasing' },
  'abandoning',
  'recalling',
  'stopped',
  'failed',
] as const;

const NOT_LISTENING = createRefusal('notAvailable', 'the server is not listening');

/** Parts that tests put in the place of the real ones. */
export interface ServerParts {
  /** Told of each call of a servant that has ended. */
  readonly recordCall?: (call: CallRecord) => void;
  readonly createTransport?: CreateTransport;
}

/**
 * Makes a server; `listen()` starts it.
 * @throws {ConfigError} listing every problem with the settings.
 */
export function createServer<All extends ServantDefinitions = {}>(
  options: ServerOptions<All> = {},
  parts: ServerParts = {},
): StatecastServer<All> {
  const {
    store = createMemoryStore(),
    rooms: definitions = {},
    routes = {},
    codecs = {},
    servants: definedServants,
    onError = printError,
    ...rest
  } = options;
  const settings = checkSettings({ ...rest, rooms: pickRoomSettings(definitions) });
  const { limits, membership } = settings;

  const clock = systemClock;
  const events = createEventBus((error, name) => onError(error, `a listener of ${name}`));
  const storeHealth = watchStore(events);
  const allowsOrigin = createOriginPolicy({
    allowedOrigins: settings.allowedOrigins,
    onLoopback: isLoopbackHost(settings.host),
  });
  const inspector = createInspection({ settings, allowsOrigin, events, clock, onError });
  const machines = createMachines(inspector?.observer ?? NO_OBSERVER, () => clock.now());
  const directory = createDirectory(machines.connection, clock);
  const broker = createMemoryBroker({ clock, maxBytes: limits.historyBytes });
  const startedAt = clock.now();

  const servantDefinitions = definedServants ?? ({} as All);
  const servants = createServants({
    machine: machines.tarsProxy,
    links: createServantLinks(servantDefinitions, settings.tars.locator, parts.recordCall),
    policy: {
      ...DEFAULT_PROXY_POLICY,
      maxInFlight: settings.tars.maxInFlight,
      maxWaiting: settings.tars.maxWaiting,
    },
    callMs: settings.tars.callSeconds * 1000,
    clock,
    events,
    random: Math.random,
    newTraceparent,
  });

  const rooms: Rooms = createRooms({
    machines,
    directory,
    store,
    broker,
    presence: createMemoryPresence(),
    rpc: createRpcPort(servantDefinitions, servants),
    events,
    clock,
    optionsOf: createRoomOptions(createPatternTable(definitions), settings, () => server),
    durability: membership.durability,
    flushMs: membership.durability === 'strict' ? 0 : membership.flushMs,
    awayTtlMs: membership.ttlSeconds * 1000,
    limits,
    isStopping: () => STOPPING.some((state) => actor.getSnapshot().matches(state)),
    broadcast(data, publisher) {
      // An actor that does not run would never answer.
      if (isRunning()) actor.send({ type: 'server.broadcast', data, publisher });
      else publisher.settle({ type: 'refused', refusal: NOT_LISTENING });
    },
  });

  const actor = createServerActor(
    machines.server,
    {
      broker,
      events,
      drainMs: settings.drainSeconds * 1000,
      services: createServices({
        address: { host: settings.host, port: settings.port },
        directory,
        rooms,
        servants,
        store,
        events,
        clock,
        getTransport: () => transport,
        getPushServer: () => pushServer,
        inspector,
      }),
    },
    clock,
  );

  inspector?.attach({ server: actor, directory, proxies: servants.proxies });

  const isDraining = (): boolean => actor.getSnapshot().value !== 'listening';
  let listening: Promise<ServerAddress> | undefined;
  let closing: Promise<void> | undefined;
  const isRunning = (): boolean => listening !== undefined && actor.getSnapshot().status === 'active';

  const server: StatecastServer<All> = {
    settings,
    rpc: createRpcProxies(servantDefinitions, servants),
    listen() {
      listening ??= closing === undefined ? startListening(actor) : Promise.reject(new Error(CLOSED));
      return listening;
    },
    close() {
      closing ??= listening === undefined ? store.close() : stop(actor);
      return closing;
    },
    async publish(room, data) {
      const outcome = await settled((publisher) => rooms.publish(room, data, publisher));
      if (outcome.type !== 'published') throw new Error(`a publication ended as ${outcome.type}`);
      return { offset: outcome.offset, epoch: outcome.epoch };
    },
    async broadcast(data) {
      await settled((publisher) => rooms.broadcast(data, publisher));
    },
    async history(room, query) {
      const history = await rooms.history(room, query);
      if ('error' in history) throw new RefusedError(history);
      return history;
    },
    async members(room) {
      const members = await rooms.members(room);
      if (Array.isArray(members)) return members;
      throw new RefusedError(members);
    },
    mute: (room) => openRoom(rooms, room).send({ type: 'room.mute' }),
    unmute: (room) => openRoom(rooms, room).send({ type: 'room.unmute' }),
    kick(room, id, reason) {
      const open = directory.rooms.get(room);
      if (open === undefined || !open.record.roster.joined.has(id)) return false;
      open.send({ type: 'room.kick', id, refusal: createRefusal('permissionDenied', reason) });
      return true;
    },
    disconnect(id) {
      const connection = directory.connections.get(id);
      connection?.send({ type: 'server.disconnect' });
      return connection !== undefined;
    },
    rooms: () =>
      [...directory.rooms.values()]
        .map(({ name, record }) => ({ room: name, members: record.roster.joined.size }))
        .filter(({ members }) => members > 0),
    health,
    on: (name, listener) => events.on(name, listener),
    once: (name, listener) => events.once(name, listener),
    off: (name, listener) => events.off(name, listener),
  };

  const { listen } = settings.tars;
  const pushServer = listen === undefined ? undefined : createPushServer(server, settings.tars, onError);
  const transport = createWeb({
    settings,
    directory,
    rooms,
    codecs,
    broker,
    events,
    userRoutes: createUserRoutes(routes, server),
    allowsOrigin,
    inspector,
    health,
    isDraining,
    createTransport: parts.createTransport ?? createUwsTransport,
    onError,
  });

  function health(): Health {
    const { isFailing } = storeHealth;
    return {
      status: isDraining() ? 'draining' : isFailing ? 'degraded' : 'ok',
      version: VERSION,
      uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
      connections: directory.connections.size,
      rooms: directory.rooms.size,
      store: isFailing ? 'failing' : 'ok',
      ...(isFailing && { errors: storeHealth.errors() }),
      ...(Object.keys(servantDefinitions).length > 0 && { servants: describeStates(servants.states()) }),
      features: {
        userParameter: settings.line.userParameter,
        demo: settings.demo,
        inspector: settings.inspector.enabled,
      },
    };
  }

  return server;
}

function checkSettings(input: unknown) {
  const parsed = parseSettings(input);
  if (!parsed.ok) throw new ConfigError(parsed.problems);
  return parsed.settings;
}

const HANDLERS: ReadonlySet<string> = new Set(['onJoin', 'onMessage', 'onLeave']);

/** The part of the definitions that settings files know too, so that one schema judges both; it finds misspelt names. */
function pickRoomSettings(definitions: NonNullable<ServerOptions['rooms']>): unknown {
  return Object.fromEntries(
    Object.entries(definitions).map(([pattern, definition]) => [
      pattern,
      Object.fromEntries(Object.entries(definition).filter(([name]) => !HANDLERS.has(name))),
    ]),
  );
}

function openRoom(rooms: Rooms, name: string): SupervisedRoom {
  const room = rooms.open(name);
  if (room instanceof SupervisedRoom) return room;
  throw new RefusedError(room);
}

async function settled(
  publish: (publisher: Publisher) => void,
): Promise<Exclude<PublishOutcome, { type: 'refused' }>> {
  const outcome = await new Promise<PublishOutcome>((resolve) => {
    publish({ settle: resolve });
  });
  if (outcome.type === 'refused') throw new RefusedError(outcome.refusal);
  return outcome;
}

function printError(error: unknown, where: string): void {
  console.error(`statecast: ${where} failed:`, error);
}
