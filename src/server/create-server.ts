/** The composition root: makes a server of settings, handlers and parts. What the parts do stands with each of them. */

import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../system/clock.ts';
import { createDirectory } from '../actors/directory.ts';
import { combineObservers } from '../actors/runtime/combine-observers.ts';
import { createMachines } from '../actors/machines.ts';
import { createBroadcasts } from '../actors/broadcasts.ts';
import { Taps } from '../actors/room/stream/taps.ts';
import { createRateRules } from '../actors/connection/rates.ts';
import { createRoomQueries } from '../actors/room-queries.ts';
import { createRooms } from '../actors/rooms.ts';
import { createTokenVerifier } from '../auth/token-verifier.ts';
import { createServants } from '../actors/servant/servants.ts';
import { createServerActor } from '../actors/server/server.ts';
import { DEFAULT_PROXY_POLICY } from '../actors/servant/tars-proxy-events.ts';
import { createEventBus } from '../events/event-bus.ts';
import { createUserRoutes } from '../http/user-routes.ts';
import { createAllNodes, toFound } from '../operations/all-nodes.ts';
import { createOperations } from '../operations/create-operations.ts';
import { OutsidePresence } from '../operations/outside-presence.ts';
import { Watchers } from '../operations/watchers.ts';
import { keepProblems } from '../problems/keep-problems.ts';
import { ProblemLog } from '../problems/problem-log.ts';
import { createCallStatistics, createConfiguredStatStore } from '../platform/statistics/call-statistics.ts';
import { readDescriptors } from '../system/descriptors.ts';
import { StreamHub } from '../transport/streams/stream-hub.ts';
import { createOriginPolicy } from '../transport/origin-policy.ts';
import { createApplication } from './identity/application.ts';
import { createAuthenticator } from './identity/authentication.ts';
import { createActorStates } from './actor-states.ts';
import { createAbsenceElsewhere } from './nodes/absence-elsewhere.ts';
import { createControlNode } from './nodes/control-node.ts';
import { createActorLists } from './actor-lists.ts';
import { createSharedParts } from './nodes/create-shared-parts.ts';
import { createNodeInfo } from './nodes/node-info.ts';
import { createRedisParts } from './nodes/redis-parts.ts';
import { createErrorPrinter, reportHandlers, type ErrorReport } from './error-report.ts';
import { createInspection } from './inspection.ts';
import { createMeasurement } from './measurement.ts';
import { createServices } from './lifecycle.ts';
import { createPushServer } from './push-servant.ts';
import { ruleOfBroadcasts } from './room-rules.ts';
import { createOwnerBackends } from './owner-backends.ts';
import { createPatternFinder, createRoomOptions } from './room-definitions.ts';
import { createServantLinks } from './servants/servant-links.ts';
import { createRpcPort, createRpcProxies, listIdempotent, type ServantDefinitions } from './servants/rpc.ts';
import { readOptions } from './read-options.ts';
import type { ServerProcess } from './server-process.ts';
import { Restoration } from './restoration.ts';
import { createFacade } from './server-facade.ts';
import { createHealth } from './server-health.ts';
import { ServerLife } from './server-life.ts';
import type {
  RoomDefinition,
  ServerHandlerContext,
  ServerOptions,
  StatecastServer,
  TypedServer,
} from './server-options.ts';
import { decideSocketLimits } from './socket-limits.ts';
import { watchCertificate } from './tls-files.ts';
import { newTraceparent } from './servants/trace-context.ts';
import { createWeb, DEFAULT_PINGS } from './web.ts';
import { tellStates } from './webhooks/chosen-states.ts';
import { statesOf } from './webhooks/webhook-problems.ts';

/**
 * Makes a server; `listen()` starts it.
 * @throws {ConfigError} listing every problem with the options, or with the settings.
 */
export function createServer<
  All extends ServantDefinitions = {},
  MemberData = unknown,
  Rooms = Readonly<Record<string, unknown>>,
>(options: ServerOptions<All, MemberData, Rooms> = {}): TypedServer<All, Rooms> {
  return composeServer(eraseTypes(options));
}

/**
 * Gives a room's definition the types of its schema, where it does not stand in the options of `createServer`. Handlers
 * with a `member.data` name its type: `onJoin({ member }: JoinContext<Session>)`.
 */
export function defineRoom<All extends ServantDefinitions = {}, Schema = unknown, MemberData = unknown>(
  definition: RoomDefinition<All, Schema, MemberData>,
): RoomDefinition<All, Schema, MemberData> {
  return definition;
}

/**
 * Forgets the types of messages and of `member.data`: the parts of a server know them as JSON and as unknown. What the
 * types say is so because the schemas check it, and because `authenticate` gives the data.
 */
export function eraseTypes<All extends ServantDefinitions, MemberData, Rooms>(
  options: ServerOptions<All, MemberData, Rooms>,
): ServerOptions<All> {
  return options as unknown as ServerOptions<All>;
}

/**
 * Makes a server as `createServer` does.
 * @param ownProcess the process that the server runs in, if Statecast made it. Default: a program of a library user.
 * @param clock the time of everything in the server. Default: that of the system.
 */
export function composeServer<All extends ServantDefinitions>(
  options: ServerOptions<All>,
  ownProcess?: ServerProcess,
  clock: Clock = systemClock,
): StatecastServer<All> {
  const read = readOptions(options, ownProcess);
  const { given, servantDefinitions, definitions, routes, codecs, statStore, onError: givenOnError } = read;
  const { authenticate, onBroadcast, onCall, onSend, settings, sharing, transportChoice, certificate } = read;
  const { limits, membership, tars } = settings;
  const life = new ServerLife();
  const onError: ErrorReport =
    givenOnError === undefined ? createErrorPrinter(clock) : (error, where) => givenOnError(error, where);
  const node = randomUUID();
  const events = createEventBus((error, name) => onError(error, `a listener of ${name}`));
  const patternOf = createPatternFinder(definitions);
  reportHandlers(events, onError, patternOf);
  const problems = new ProblemLog(clock);
  keepProblems(events, problems);
  const allowsOrigin = createOriginPolicy(settings.allowedOrigins);
  const inspector = createInspection({ settings, allowsOrigin, patternOf, events, clock, onError });
  const chosenStates = settings.webhooks.flatMap((webhook) => statesOf(webhook.events));
  const measurement = createMeasurement({
    settings,
    events,
    clock,
    servants: servantDefinitions,
    nodeInfo: () => nodeInfo(),
    sharing,
    onError: (error) => onError(error, 'the metrics'),
  });
  const metrics = measurement?.metrics;
  const machines = createMachines(
    combineObservers(inspector?.observer ?? {}, metrics?.observer ?? {}),
    () => clock.monotonic(),
    tellStates(chosenStates, events),
  );
  const redis = createRedisParts({ settings: settings.redis, node, machines, clock, events, onError });
  const shared = createSharedParts({
    given,
    redis,
    clock,
    events,
    historyBytes: limits.historyBytes,
    directory: () => directory,
    optionsOf: (room) => optionsOf(room),
    measure: metrics?.measure,
  });
  const { broker, revocations, muted } = shared;
  const callStatistics = createCallStatistics(
    statStore ?? createConfiguredStatStore(settings.monitor, redis?.redis),
    metrics?.called,
  );

  const directory = createDirectory(
    machines.connection,
    clock,
    createAbsenceElsewhere({ ...shared, events, clock }),
  );

  const servants = createServants({
    machine: machines.tarsProxy,
    links: createServantLinks({ definitions: servantDefinitions, tars, events, statistics: callStatistics }),
    idempotent: listIdempotent(servantDefinitions),
    policy: { ...DEFAULT_PROXY_POLICY, maxInFlight: tars.maxInFlight, maxWaiting: tars.maxWaiting },
    callMs: tars.callSeconds * 1000,
    clock,
    events,
    random: Math.random,
    newTraceparent,
  });

  const verifier = createTokenVerifier(settings.auth, clock);
  const owner = createOwnerBackends({
    settings,
    machines,
    directory,
    servants,
    createOutbox: shared.createOutbox,
    presence: shared.presence,
    checksTokens: verifier !== undefined,
    events,
    clock,
  });
  const { hooks } = owner;

  const optionsOf = createRoomOptions(definitions, settings, () => server, hooks.forRoom);
  const rpcPort = createRpcPort(servantDefinitions, servants, events);
  const taps = new Taps();
  const handlerMs = limits.handlerSeconds * 1000;
  const rooms = createRooms({
    ...shared,
    taps,
    machines,
    directory,
    rpc: rpcPort,
    events,
    clock,
    optionsOf,
    durability: membership.durability,
    flushMs: membership.durability === 'strict' ? 0 : membership.flushMs,
    awayTtlMs: membership.ttlSeconds * 1000,
    reconnectMs: membership.reconnectSeconds * 1000,
    limits,
    isMuted: (room) => muted.has(room),
    isStopping: () => life.isStopping,
    isRestoring: () => restoration.progress !== undefined,
    broadcast: createBroadcasts({
      rule: ruleOfBroadcasts(settings),
      perSecond: limits.broadcastsPerSecond,
      onBroadcast: onBroadcast && ((broadcast) => onBroadcast(withServer(broadcast))),
      handlerMs,
      messageBytes: limits.messageBytes,
      machine: machines.moderation,
      clock,
      events,
      send: (data, publisher) => life.broadcast(data, publisher),
    }),
  });
  const outside = new OutsidePresence({
    ...shared,
    events,
    clock,
    tellsMembers: (room) => (directory.rooms.get(room)?.record.options ?? optionsOf(room)).joinLeave,
  });
  const streams = new StreamHub({ node, isDraining: () => life.isDraining });
  const nodeInfo = createNodeInfo({ uid: node, directory, clock, port: () => life.port ?? settings.port });
  const actorLists = createActorLists({ node, nodeInfo, inspector });
  shared.control.attach(
    createControlNode({
      node,
      directory,
      streams,
      outside,
      nodeInfo,
      listActors: actorLists.answer,
      problems,
      tellMetrics: (place) => measurement?.answer(place) ?? null,
      revocations,
      muted,
      events,
    }),
  );
  const watchers = new Watchers({ broker, clock, events, limits });
  const nodes = createAllNodes(shared.control, events);
  const operations = createOperations({
    ...shared,
    nodes,
    isStopping: () => life.isStopping,
    watchers,
    outside,
    rooms,
    rpc: rpcPort,
    events,
    clock,
    limits,
  });

  const socketLimits = decideSocketLimits(limits.connections, readDescriptors(), tars.listen !== undefined);
  const restoration = new Restoration({ ...shared, rooms, directory, events, clock });
  const health = createHealth({
    settings,
    maxConnections: socketLimits.connections,
    life,
    restoration,
    directory,
    servants,
    ...owner,
    redis,
    events,
    clock,
    transport: transportChoice,
    workers: sharing?.workers,
  });
  const rpc = createRpcProxies(servantDefinitions, servants);
  const server: StatecastServer<All> = createFacade({
    settings,
    rpc,
    life,
    operations,
    shared,
    health,
    states: createActorStates({ life, directory, servants, ...owner, redis }),
    events,
    callStatistics,
  });

  /** Handlers are given the server, which is made of rooms: a cycle. */
  function withServer<Context>(
    context: Context,
  ): Context & Pick<ServerHandlerContext<All>, 'server' | 'rpc'> {
    return { ...context, server, rpc: server.rpc };
  }

  const transport = createWeb({
    certificate,
    streams,
    emulateAt: (id, session, frame) => nodes.order({ type: 'emulate', session, frame }, toFound, id),
    settings,
    directory,
    surroundings: {
      rooms,
      queries: createRoomQueries({ ...shared, directory, events, clock, optionsOf, limits }),
      application: createApplication({
        onCall: onCall && ((call) => onCall(withServer(call))),
        onSend: onSend && ((message) => onSend(withServer(message))),
        questionOf: hooks.rpc,
        handlerMs,
        clock,
        events,
      }),
      authenticator: createAuthenticator({
        settings,
        verifier,
        authenticate,
        question: hooks.connect,
        clock,
        events,
      }),
      questions: hooks.connection,
      revocations,
      limits,
      rateRules: createRateRules(limits),
      pings: { ...DEFAULT_PINGS, random: Math.random },
      events,
    },
    rooms,
    operations,
    taps,
    watchers,
    codecs,
    broker,
    events,
    clock,
    socketLimits,
    userRoutes: createUserRoutes(routes, server),
    allowsOrigin,
    inspector,
    metrics: measurement && {
      traffic: measurement.metrics.traffic,
      read: () => measurement.readAll(nodes),
    },
    health,
    isDraining: () => life.isDraining,
    createTransport: transportChoice.create,
    onError,
  });
  const certificates = watchCertificate({ tls: settings.tls, certificate, transport, clock, events });
  const drainMs = settings.drainSeconds * 1000;
  const services = createServices({
    address: { host: settings.host, port: sharing?.port ?? settings.port, shared: sharing?.web },
    directory,
    rooms,
    restoration,
    servants,
    ...owner,
    shared,
    watchers,
    outside,
    events,
    clock,
    pace: { ...settings.drain, drainMs },
    transport,
    certificates,
    pushServer:
      tars.listen === undefined
        ? undefined
        : createPushServer(server, operations, tars, events, onError, {
            maxConnections: socketLimits.servantSockets,
            source: sharing?.tars,
            clock,
            messageBytes: limits.messageBytes,
          }),
    inspector,
    metrics,
  });
  sharing?.onLeave(() => transport.stopListening?.());
  const actor = createServerActor(machines.server, { broker, events, drainMs, services }, clock);
  life.bind(actor);
  const population = {
    server: actor,
    directory,
    proxies: servants.proxies,
    ...owner.backends,
    deliveries: owner.webhooks.deliveries,
    redisLinks: redis?.links.links ?? new Map(),
  };
  metrics?.attach({ machines, population, directory, health });
  inspector?.attach(
    population,
    operations,
    ...(redis === undefined && given.control === undefined ? [] : [actorLists.others(nodes)]),
  );
  return server;
}
