/** The composition root: makes a server of settings, handlers and parts. What the parts do stands with each of them. */

import { systemClock } from '../system/clock.ts';
import { createDirectory } from '../actors/directory.ts';
import { NO_OBSERVER } from '../actors/runtime/live-machine.ts';
import { createMachines } from '../actors/machines.ts';
import { createRooms } from '../actors/rooms.ts';
import { createServants } from '../actors/servant/servants.ts';
import { createServerActor } from '../actors/server/server.ts';
import { DEFAULT_PROXY_POLICY } from '../actors/servant/tars-proxy-events.ts';
import { createMemoryControl } from '../broker/control/memory-control.ts';
import { createMemoryBroker } from '../broker/memory-broker.ts';
import { createMemoryPresence } from '../broker/presence/memory-presence.ts';
import { ConfigError } from '../config/layer/config-error.ts';
import { parseSettings } from '../config/parse-settings.ts';
import { createEventBus } from '../events/event-bus.ts';
import { createUserRoutes } from '../http/user-routes.ts';
import type { CallRecord } from '../platform/statistics/stat-counts.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { createOriginPolicy } from '../transport/origin-policy.ts';
import { createUwsTransport } from '../transport/uws.ts';
import { createActorStates } from './actor-states.ts';
import { createControlNode } from './control-node.ts';
import { createInspection } from './inspection.ts';
import { createServices } from './lifecycle.ts';
import { createPushServer } from './push-servant.ts';
import { createRoomOptions, pickRoomSettings } from './room-definitions.ts';
import { createServantLinks } from './servant-links.ts';
import { createRpcPort, createRpcProxies, listIdempotent, type ServantDefinitions } from './rpc.ts';
import { createFacade } from './server-facade.ts';
import { createHealth } from './server-health.ts';
import { ServerLife } from './server-life.ts';
import type { ServerOptions, StatecastServer } from './server-options.ts';
import { newTraceparent } from './trace-context.ts';
import { createWeb } from './web.ts';

/** Parts of a served process, which the library does not have. */
export interface ServerParts {
  /** Told of each call of a servant that has ended. */
  readonly recordCall?: (call: CallRecord) => void;
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
    store,
    broker: givenBroker,
    presence,
    control,
    transport: createTransport = createUwsTransport,
    rooms: definitions = {},
    routes = {},
    codecs = {},
    servants: servantDefinitions = {} as All,
    onError = printError,
    ...rest
  } = options;
  const settings = checkSettings({ ...rest, rooms: pickRoomSettings(definitions) });
  const { limits, membership, tars } = settings;
  const clock = systemClock;
  const shared = {
    store: store ?? createMemoryStore(),
    broker: givenBroker ?? createMemoryBroker({ clock, maxBytes: limits.historyBytes }),
    presence: presence ?? createMemoryPresence(),
    control: control ?? createMemoryControl(),
  };
  const { broker } = shared;

  const life = new ServerLife();
  const events = createEventBus((error, name) => onError(error, `a listener of ${name}`));
  const allowsOrigin = createOriginPolicy({
    allowedOrigins: settings.allowedOrigins,
    onLoopback: isLoopbackHost(settings.host),
  });
  const inspector = createInspection({ settings, allowsOrigin, events, clock, onError });
  const machines = createMachines(inspector?.observer ?? NO_OBSERVER, () => clock.now());
  const directory = createDirectory(machines.connection, clock);

  const servants = createServants({
    machine: machines.tarsProxy,
    links: createServantLinks({
      definitions: servantDefinitions,
      tars,
      events,
      recordCall: parts.recordCall,
    }),
    idempotent: listIdempotent(servantDefinitions),
    policy: { ...DEFAULT_PROXY_POLICY, maxInFlight: tars.maxInFlight, maxWaiting: tars.maxWaiting },
    callMs: tars.callSeconds * 1000,
    clock,
    events,
    random: Math.random,
    newTraceparent,
  });

  const rooms = createRooms({
    ...shared,
    machines,
    directory,
    rpc: createRpcPort(servantDefinitions, servants, events),
    events,
    clock,
    // Handlers are given the server, which is made of rooms: a cycle.
    optionsOf: createRoomOptions(definitions, settings, () => server),
    durability: membership.durability,
    flushMs: membership.durability === 'strict' ? 0 : membership.flushMs,
    awayTtlMs: membership.ttlSeconds * 1000,
    limits,
    isStopping: () => life.isStopping,
    broadcast: (data, publisher) => life.broadcast(data, publisher),
  });
  shared.control.attach(createControlNode(directory, rooms));

  const health = createHealth({ settings, life, directory, servants, events, clock });
  const rpc = createRpcProxies(servantDefinitions, servants);
  const server: StatecastServer<All> = createFacade({
    settings,
    rpc,
    life,
    rooms,
    shared,
    health,
    states: createActorStates({ life, directory, servants }),
    events,
  });

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
    isDraining: () => life.isDraining,
    createTransport,
    onError,
  });
  const services = createServices({
    address: { host: settings.host, port: settings.port },
    directory,
    rooms,
    servants,
    shared,
    events,
    clock,
    transport,
    pushServer: tars.listen === undefined ? undefined : createPushServer(server, tars, events, onError),
    inspector,
  });
  const drainMs = settings.drainSeconds * 1000;
  const actor = createServerActor(machines.server, { broker, events, drainMs, services }, clock);
  life.bind(actor);
  inspector?.attach({ server: actor, directory, proxies: servants.proxies });
  return server;
}

function checkSettings(input: unknown) {
  const parsed = parseSettings(input);
  if (!parsed.ok) throw new ConfigError(parsed.problems);
  return parsed.settings;
}

function printError(error: unknown, where: string): void {
  console.error(`statecast: ${where} failed:`, error);
}
