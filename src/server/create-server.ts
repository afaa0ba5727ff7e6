/** The composition root: makes a server of settings, handlers and parts. What the parts do stands with each of them. */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createDirectory } from '../actors/directory.ts';
import type { PublishOutcome, Publisher } from '../actors/ports.ts';
import { createPatternTable } from '../actors/room-options.ts';
import { createRooms, type Rooms } from '../actors/rooms.ts';
import { createServants } from '../actors/servants.ts';
import { createServerActor, type ServerAddress, type ServerRef } from '../actors/server.ts';
import { SupervisedRoom } from '../actors/supervised-room.ts';
import { DEFAULT_PROXY_POLICY } from '../actors/tars-proxy-events.ts';
import { createLocalBroker } from '../broker/local-broker.ts';
import { ConfigError } from '../config/config-error.ts';
import { parseSettings } from '../config/parse-settings.ts';
import { createEdgeBus } from '../edge/edge-bus.ts';
import { createRefusal } from '../protocol/errors.ts';
import { lineCodec } from '../protocol/line-codec.ts';
import { isLoopbackHost } from '../protocol/loopback.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import { createFanout } from '../transport/fanout.ts';
import { createAccess } from '../transport/http/access.ts';
import { createHealthRoute, HEALTH_PATH, type Health } from '../transport/http/health-route.ts';
import { createPageRoutes } from '../transport/http/page-routes.ts';
import { createPresenceRoute } from '../transport/http/presence-route.ts';
import { createPushRoutes } from '../transport/http/push-routes.ts';
import { jsonError } from '../transport/http/responses.ts';
import { createRouter, type Router } from '../transport/http/router.ts';
import { createUserRoutes } from '../transport/http/user-routes.ts';
import { createOriginPolicy } from '../transport/origin-policy.ts';
import type { CreateTransport } from '../transport/transport.ts';
import { createUwsTransport } from '../transport/uws.ts';
import { createEndpoint } from '../transport/websocket-endpoint.ts';
import { closeRooms, emptyConnections } from './draining.ts';
import { PAGES_DIRECTORY, VERSION } from './package-info.ts';
import { createPushServer } from './push-servant.ts';
import { RefusedError } from './refused-error.ts';
import { createRoomOptions } from './room-definitions.ts';
import { createServantLinks, describeStates } from './servant-links.ts';
import { createRpcPort, createRpcProxies, type ServantDefinitions } from './rpc.ts';
import type { ServerOptions, StatecastServer } from './server-options.ts';
import type { CallRecord } from '../tars/platform/stat-counts.ts';
import { watchStore } from './store-health.ts';
import { systemClock } from './system-clock.ts';

/**
 * Longest frame that is read at all: JSON may spell a character with six, and what is over the limits
 * should get an error answer rather than cost the socket.
 */
const FRAME_BYTES_PER_MESSAGE_BYTE = 16;
const FRAME_BYTES_PER_NAME_BYTE = 16;
const FRAME_OVERHEAD_BYTES = 1024;

/** The states of the server's machine in which no room is opened any more. */
const STOPPING = [
  { draining: 'flushing' },
  { draining: 'releasing' },
  'abandoning',
  'recalling',
  'stopped',
  'failed',
] as const;

const CLOSED = 'the server was closed before it listened; make a new one';
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
    servants: definedServants,
    onError = printError,
    ...rest
  } = options;
  const settings = checkSettings({ ...rest, rooms: pickRoomSettings(definitions) });
  const { limits, membership, http } = settings;

  const clock = systemClock;
  const edge = createEdgeBus((error, name) => onError(error, `a listener of ${name}`));
  const storeHealth = watchStore(edge);
  const directory = createDirectory();
  const broker = createLocalBroker();
  const codecs = new Map([['/', lineCodec]]);
  const drainingInput = { directory, edge, clock };
  const startedAt = clock.now();

  const servantDefinitions = definedServants ?? ({} as All);
  const servants = createServants({
    links: createServantLinks(servantDefinitions, settings.tars.locator, parts.recordCall),
    policy: {
      ...DEFAULT_PROXY_POLICY,
      maxInFlight: settings.tars.maxInFlight,
      maxWaiting: settings.tars.maxWaiting,
    },
    callMs: settings.tars.callSeconds * 1000,
    clock,
    edge,
    random: Math.random,
    newTraceparent: () => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  });

  const rooms: Rooms = createRooms({
    directory,
    store,
    broker,
    rpc: createRpcPort(servantDefinitions, servants),
    edge,
    clock,
    newEpoch: () => randomBytes(6).toString('base64url'),
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
    {
      broker,
      edge,
      drainMs: settings.drainSeconds * 1000,
      services: {
        async restore() {
          const { rooms: names, setAside = [] } = await store.rooms();
          for (const { place, reason } of setAside) {
            edge.emit('store.failed', { error: new Error(reason), setAside: place });
          }
          const opened = names
            .map((name) => rooms.open(name))
            .filter((room) => room instanceof SupervisedRoom);
          await Promise.all(opened.map((room) => room.untilOpen()));
        },
        async bind() {
          await pushServant?.listen();
          return transport.listen({ host: settings.host, port: settings.port });
        },
        emptyConnections: (signal) => emptyConnections(drainingInput, signal),
        closeRooms: (signal) => closeRooms(drainingInput, signal),
        async release() {
          await pushServant?.close();
          await transport.close();
          await servants.stop();
          for (const room of directory.rooms.values()) room.stop();
          await store.close();
        },
      },
    },
    clock,
  );

  const isDraining = (): boolean => !actor.getSnapshot().matches('listening');
  const onLoopback = isLoopbackHost(settings.host);
  const allowsOrigin = createOriginPolicy({ allowedOrigins: settings.allowedOrigins, onLoopback });
  const access = createAccess({
    apiKey: http.apiKey,
    open: http.open ? 'everybody' : onLoopback && http.apiKey === undefined ? 'this machine' : 'nobody',
    allowsOrigin,
  });

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
    on: (name, listener) => edge.on(name, listener),
    once: (name, listener) => edge.once(name, listener),
    off: (name, listener) => edge.off(name, listener),
  };

  const pushServant =
    settings.tars.listen === undefined ? undefined : createPushServer(server, settings.tars, onError);

  const route = createRouter([
    ...createUserRoutes(routes, server),
    ...createPushRoutes({ rooms, access, messageBytes: limits.messageBytes }),
    createPresenceRoute(rooms, access),
    createHealthRoute(health),
    ...createPageRoutes(settings.pages && existsSync(PAGES_DIRECTORY) ? PAGES_DIRECTORY : undefined),
  ]);
  const answer: Router = (request) =>
    isDraining() && request.path !== HEALTH_PATH
      ? jsonError(503, 'the server is shutting down')
      : route(request);

  const endpoint = createEndpoint({
    directory,
    rooms,
    edge,
    limits,
    codecs,
    allowsOrigin,
    userParameter: settings.line.userParameter,
    isDraining,
  });
  const { createTransport = createUwsTransport } = parts;
  const transport = createTransport(
    { ...endpoint, request: answer, failed: (error) => onError(error, 'a request or a frame') },
    {
      maxFrameBytes:
        limits.messageBytes * FRAME_BYTES_PER_MESSAGE_BYTE +
        limits.roomNameBytes * FRAME_BYTES_PER_NAME_BYTE +
        FRAME_OVERHEAD_BYTES,
      sendQueueBytes: limits.sendQueueBytes,
      idleTimeoutSeconds: limits.idleTimeoutSeconds,
    },
  );
  broker.subscribe(createFanout([...codecs.values()], (topic, frame) => transport.publish(topic, frame)));

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
      ...(definedServants !== undefined && { servants: describeStates(servants.states()) }),
      features: { userParameter: settings.line.userParameter, demo: settings.demo },
    };
  }

  return server;
}

function startListening(actor: ServerRef): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    actor.subscribe((snapshot) => {
      const { address, error } = snapshot.context;
      if (snapshot.matches('failed')) reject(error);
      else if (address !== undefined) resolve(address);
      else if (snapshot.matches('stopped')) reject(new Error(CLOSED));
    });
    actor.start();
  });
}

async function stop(actor: ServerRef): Promise<void> {
  if (actor.getSnapshot().status !== 'active') return;
  const stopped = new Promise<void>((resolve) => {
    actor.subscribe({ complete: resolve });
  });
  actor.send({ type: 'server.stop' });
  await stopped;
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
