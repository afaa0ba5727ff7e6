/** Puts a server's sockets and HTTP routes together, and its messages on their way out. */

import { existsSync } from 'node:fs';
import type { Directory } from '../actors/directory.ts';
import type { ConnectionSurroundings } from '../actors/connection/connection-events.ts';
import type { Taps } from '../actors/room/stream/taps.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Broker } from '../broker/broker.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { Traffic } from '../metrics/traffic.ts';
import type { Watchers } from '../operations/watchers.ts';
import type { Operations } from '../operations/operations.ts';
import type { Codec } from '../protocol/codec.ts';
import { createCentrifugeCodec } from '../protocol/centrifuge/centrifuge-codec.ts';
import { lineCodec } from '../protocol/line/line-codec.ts';
import { lineJsonCodec } from '../protocol/line/line-json-codec.ts';
import type { Clock } from '../system/clock.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { createAcceptance } from '../transport/accept-client.ts';
import { AddressLimits } from '../transport/address-limits.ts';
import { Audiences } from '../transport/audiences.ts';
import { createCodecChoice } from '../transport/choose-codec.ts';
import { withClientAddresses } from '../transport/client-address.ts';
import { DeltaRooms } from '../transport/delta-rooms.ts';
import { createFanout } from '../transport/fanout.ts';
import { createAccess, type AccessOptions } from '../http/access.ts';
import { boundCalls } from '../http/bound-calls.ts';
import { Caller } from '../http/caller.ts';
import { openToPages } from '../http/cors.ts';
import { createApiRoutes } from '../http/api/api-routes.ts';
import { createApiMethods } from '../http/api/api-methods.ts';
import { createOpenApiRoute } from '../http/api/openapi.ts';
import { createExplainRoute } from '../http/api/explain-route.ts';
import { createWatchRoute } from '../http/api/watch-route.ts';
import { createHealthRoute, HEALTH_PATH, type Health } from '../http/health-route.ts';
import { createMetricsRoute, METRICS_PATH } from '../http/metrics-route.ts';
import { createPageRoutes } from '../http/page-routes.ts';
import { createPresenceRoute } from '../http/presence-route.ts';
import { createPushRoutes } from '../http/push-routes.ts';
import { jsonError } from '../transport/common/responses.ts';
import { createRouter, type Route, type Router } from '../http/router.ts';
import { findShadowedRoutes, type ShadowedRoute } from '../http/shadowed-routes.ts';
import { createStreamRoutes, STREAM_PATHS, type StreamRoutesOptions } from '../http/stream-routes.ts';
import type { UserRoute } from '../http/user-routes.ts';
import { ConfigError } from '../config/layer/config-error.ts';
import { formatPath } from '../config/schema/path.ts';
import { FairShare } from '../transport/fair-share.ts';
import { allowsListed, allowsOwnPages, type OriginPolicy } from '../transport/origin-policy.ts';
import { handleSockets } from '../transport/socket-session.ts';
import type { Certificate, CreateTransport, RequestHead, Transport } from '../transport/common/transport.ts';
import type { StreamHub } from '../transport/streams/stream-hub.ts';
import { createEndpoint } from '../transport/websocket-endpoint.ts';
import { PAGES_DIRECTORY, VERSION } from '../system/package-info.ts';
import { FullNotice, type SocketLimits } from './socket-limits.ts';
import type { StatecastServer } from './server-options.ts';

/**
 * Longest frame that is read at all: JSON may spell a character with six, and what is over the limits
 * should get an error answer rather than cost the socket.
 */
const FRAME_BYTES_PER_MESSAGE_BYTE = 16;
const FRAME_BYTES_PER_NAME_BYTE = 16;
const FRAME_OVERHEAD_BYTES = 1024;

const INSPECTOR_PAGE = '/inspector';

/** The path of the line protocol. */
const LINE_PATH = '/';

/** How clients of the Centrifuge protocol are asked for signs of life. The figures are Centrifugo's. */
export const DEFAULT_PINGS = { intervalMs: 25_000, pongMs: 8_000 };

/** The paths of the Centrifuge protocol. */
const CENTRIFUGE_PATH = '/connection/websocket';

const SERVER_INFO = {
  version: `Statecast ${VERSION}`,
  pingSeconds: DEFAULT_PINGS.intervalMs / 1000,
  pong: true,
};

export interface WebInput {
  readonly streams: StreamHub;
  readonly emulateAt: StreamRoutesOptions['emulateAt'];
  readonly settings: StatecastServer['settings'];
  readonly directory: Directory;
  readonly rooms: Rooms;
  readonly operations: Operations;
  /** What connections are given. */
  readonly surroundings: ConnectionSurroundings;
  /** They hear what the broker brings. */
  readonly taps: Taps;
  readonly watchers: Pick<Watchers, 'publication' | 'joined' | 'left'>;
  /** The codecs of the library's user, by their paths. */
  readonly codecs: Readonly<Record<string, Codec>>;
  readonly broker: Broker;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly socketLimits: SocketLimits;
  /** Absent: connections are not encrypted. */
  readonly certificate: Certificate | undefined;
  /** Routes of the library's user, which come before ours. */
  readonly userRoutes: readonly UserRoute[];
  /** Whose pages may connect. */
  readonly allowsOrigin: OriginPolicy;
  /** Nothing where it is turned off. */
  readonly inspector: Pick<Inspector, 'endpoints' | 'routes'> | undefined;
  /** Nothing where it is turned off. */
  readonly metrics: { readonly traffic: Traffic; readonly read: () => Promise<string> } | undefined;
  readonly health: () => Health;
  readonly isDraining: () => boolean;
  readonly createTransport: CreateTransport;
  readonly onError: (error: unknown, where: string) => void;
}

/**
 * Makes the transport, with everything that it calls; it listens when it is told to.
 * @throws {ConfigError} for routes of the user that would not get their requests, and for codecs with one name.
 */
export function createWeb(input: WebInput): Transport {
  const { settings, directory, rooms, broker, events, inspector, allowsOrigin, health, isDraining, onError } =
    input;
  const { streams, operations, socketLimits, surroundings, taps, watchers, metrics } = input;
  const traffic = metrics?.traffic;
  const { limits, http } = settings;
  const centrifuge = createCentrifugeCodec(SERVER_INFO, limits.messageBytes);
  const codecs = new Map([
    [LINE_PATH, lineCodec],
    [CENTRIFUGE_PATH, centrifuge],
    ...Object.entries(input.codecs),
  ]);
  refuseSameNames([...codecs, [LINE_PATH, lineJsonCodec]]);
  // A codec of the library's user may take the path of the line protocol.
  const jsonCodecs = new Map(codecs.get(LINE_PATH) === lineCodec ? [[LINE_PATH, lineJsonCodec]] : []);
  const chooseCodec = createCodecChoice(codecs, jsonCodecs);
  const deltas = new DeltaRooms();
  const audiences = new Audiences();
  const publish: Transport['publish'] = (topic, frame) => {
    transport.publish(topic, frame);
    if (streams.isInUse) streams.publish(topic, frame);
  };
  const fanout = createFanout(audiences, deltas, publish, traffic);
  const onLoopback = isLoopbackHost(settings.host);
  const { clock } = input;
  const keys = listKeys(http);
  const callers = keys.map((rights) => new Caller(rights, clock));
  const accessOptions: Omit<AccessOptions, 'allowsOrigin'> = {
    keys,
    clock,
    open: http.open ? 'everybody' : onLoopback && keys.length === 0 ? 'this machine' : 'nobody',
    refused: ({ remoteAddress }, denied) =>
      events.emit('access.refused', {
        to: 'the HTTP API',
        remoteAddress,
        ...(denied?.key !== undefined && { key: denied.key }),
        ...(denied !== undefined && { method: denied.method }),
      }),
    refusedPage({ method, path, remoteAddress }) {
      if (!events.isHeard('problem.noted')) return;
      events.emit('problem.noted', {
        kind: 'refused',
        reason: 'a page of another site made a browser send a request without a key',
        event: `${method} ${path}`,
        guards: [{ name: 'isForeignPage', holds: true }],
        code: 403,
        address: remoteAddress,
      });
    },
  };
  const access = createAccess({ ...accessOptions, allowsOrigin }, callers);
  // It is for servers: without a key, no page of another origin may use it.
  const apiAccess = createAccess({ ...accessOptions, allowsOrigin: allowsOwnPages }, callers);
  const { token } = settings.metrics;
  const readableMetrics = (read: () => Promise<string>): Route =>
    createMetricsRoute({
      read,
      token,
      wrongToken: ({ remoteAddress }) => events.emit('access.refused', { to: 'the metrics', remoteAddress }),
      access: createAccess(
        {
          ...accessOptions,
          open: onLoopback && token === undefined ? 'this machine' : 'nobody',
          allowsOrigin: allowsOwnPages,
        },
        callers,
      ),
    });
  const full = new FullNotice(events, clock, socketLimits.connections);
  const accept = createAcceptance({
    share: new FairShare((error) => onError(error, 'a frame')),
    directory,
    surroundings,
    deltas,
    audiences,
    refusals: traffic,
    sendQueueBytes: limits.sendQueueBytes,
    onAccepted: (codec) => fanout.use(codec),
    allowsOrigin,
    // The pages of the TarsPHP example are opened from disk.
    speaksFromDisk: (codec) => onLoopback && (codec === lineCodec || codec === lineJsonCodec),
    userParameter: settings.line.userParameter,
    isDraining,
    findFull() {
      const { size } = directory.connections;
      if (size < socketLimits.connections) return undefined;
      full.note();
      return { name: 'limits.connections', value: socketLimits.connections, actual: size + 1 };
    },
    addresses: new AddressLimits({ ...limits, clock }),
  });
  const maxFrameBytes =
    limits.messageBytes * FRAME_BYTES_PER_MESSAGE_BYTE +
    limits.roomNameBytes * FRAME_BYTES_PER_NAME_BYTE +
    FRAME_OVERHEAD_BYTES;
  const { messageBytes, apiCalls } = limits;
  const refusedCall = ({ path, remoteAddress: address }: RequestHead, reason: string): void => {
    if (!events.isHeard('problem.noted')) return;
    const limit = { name: 'limits.apiCalls', value: apiCalls, actual: apiCalls + 1 };
    events.emit('problem.noted', { kind: 'refused', reason, event: path, code: 503, limit, address });
  };
  const methods = createApiMethods(operations, messageBytes);
  const api = [
    ...createApiRoutes({ methods, access: apiAccess, clock, messageBytes }),
    createOpenApiRoute(methods),
    createWatchRoute({ operations, access: apiAccess, clock }),
    createExplainRoute({ operations, access: apiAccess }),
  ];
  const ownRoutes: Route[] = [
    ...createStreamRoutes({
      paths: STREAM_PATHS,
      codec: centrifuge,
      hub: streams,
      emulateAt: input.emulateAt,
      accept,
      allowsOrigin,
      maxFrameBytes,
    }),
    ...boundCalls(
      [
        ...createPushRoutes({ operations, access, messageBytes }),
        ...(http.allowedOrigins.length === 0 ? api : openToPages(api, allowsListed(http.allowedOrigins))),
        createPresenceRoute(rooms, access, clock),
      ],
      { most: apiCalls, refused: refusedCall },
    ),
    createHealthRoute(health),
    ...(metrics === undefined ? [] : [readableMetrics(metrics.read)]),
    ...(inspector?.routes ?? []),
    ...createPageRoutes(
      settings.pages && existsSync(PAGES_DIRECTORY) ? PAGES_DIRECTORY : undefined,
      inspector === undefined ? [INSPECTOR_PAGE] : [],
    ),
  ];
  refuseShadowed(findShadowedRoutes(input.userRoutes, ownRoutes));
  const route = createRouter([...input.userRoutes, ...ownRoutes]);
  const answer: Router = (request) =>
    isDraining() && request.path !== HEALTH_PATH && request.path !== METRICS_PATH
      ? jsonError(503, 'the server is shutting down')
      : route(request);
  const handlers = {
    ...handleSockets([createEndpoint({ chooseCodec, accept }), ...(inspector?.endpoints ?? [])], traffic),
    request: answer,
    failed: (error: unknown) => onError(error, 'a request or a frame'),
    crowded: () => full.note(),
  };
  const transport = input.createTransport(withClientAddresses(handlers, settings.trustedProxies), {
    maxFrameBytes,
    sendQueueBytes: limits.sendQueueBytes,
    sendMemoryBytes: limits.sendMemoryBytes,
    idleTimeoutSeconds: limits.idleTimeoutSeconds,
    maxSockets: socketLimits.sockets,
    certificate: input.certificate,
  });
  broker.attach({
    ...fanout,
    publication(publication) {
      taps.publication(publication);
      fanout.publication(publication);
      watchers.publication(publication);
    },
    joined(room, member) {
      fanout.joined?.(room, member);
      watchers.joined(room, member);
    },
    left(room, member) {
      fanout.left?.(room, member);
      watchers.left(room, member);
    },
  });
  return transport;
}

/** The one key may do everything. */
function listKeys({ apiKey, apiKeys }: StatecastServer['settings']['http']): AccessOptions['keys'] {
  return apiKey === undefined ? apiKeys : [{ name: 'http.apiKey', key: apiKey }, ...apiKeys];
}

function refuseShadowed(shadowed: readonly ShadowedRoute[]): void {
  if (shadowed.length === 0) return;
  throw new ConfigError(
    shadowed.map(({ key, by }) => ({
      path: formatPath(['routes', key]),
      given: 'a route that does not get all its requests',
      allowed: `another path: ${by.join(', ')} would be taken instead`,
    })),
  );
}

/** The name of a codec is a part of its topics: with the same name, sockets would get frames of another protocol. */
function refuseSameNames(codecs: readonly (readonly [path: string, codec: Codec])[]): void {
  const paths = new Map<string, string>();
  for (const [path, { name }] of codecs) {
    const other = paths.get(name);
    paths.set(name, path);
    if (other === undefined) continue;
    const allowed = `a name of its own: the codec at ${other} has this one`;
    throw new ConfigError([
      { path: formatPath(['codecs', path, 'name']), given: JSON.stringify(name), allowed },
    ]);
  }
}
