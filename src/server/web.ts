/** Puts a server's sockets and HTTP routes together, and its messages on their way out. */

import { existsSync } from 'node:fs';
import type { Directory } from '../actors/directory.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Broker } from '../broker/broker.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { Codec } from '../protocol/codec.ts';
import { lineCodec } from '../protocol/line/line-codec.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { createFanout } from '../transport/fanout.ts';
import { createAccess } from '../http/access.ts';
import { createHealthRoute, HEALTH_PATH, type Health } from '../http/health-route.ts';
import { createPageRoutes } from '../http/page-routes.ts';
import { createPresenceRoute } from '../http/presence-route.ts';
import { createPushRoutes } from '../http/push-routes.ts';
import { jsonError } from '../transport/responses.ts';
import { createRouter, type Route, type Router } from '../http/router.ts';
import type { OriginPolicy } from '../transport/origin-policy.ts';
import { handleSockets } from '../transport/socket-session.ts';
import type { CreateTransport, Transport } from '../transport/transport.ts';
import { createEndpoint } from '../transport/websocket-endpoint.ts';
import { PAGES_DIRECTORY } from '../system/package-info.ts';
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

export interface WebInput {
  readonly settings: StatecastServer['settings'];
  readonly directory: Directory;
  readonly rooms: Rooms;
  /** The codecs of the library's user, by their paths. */
  readonly codecs: Readonly<Record<string, Codec>>;
  readonly broker: Broker;
  readonly events: EventSink;
  /** Routes of the library's user, which come before ours. */
  readonly userRoutes: readonly Route[];
  /** Whose pages may connect. */
  readonly allowsOrigin: OriginPolicy;
  /** Nothing where it is turned off. */
  readonly inspector: Pick<Inspector, 'endpoints' | 'routes'> | undefined;
  readonly health: () => Health;
  readonly isDraining: () => boolean;
  readonly createTransport: CreateTransport;
  readonly onError: (error: unknown, where: string) => void;
}

/** Makes the transport, with everything that it calls; it listens when it is told to. */
export function createWeb(input: WebInput): Transport {
  const { settings, directory, rooms, broker, events, inspector, allowsOrigin, health, isDraining, onError } =
    input;
  const { limits, http } = settings;
  const codecs = new Map([[LINE_PATH, lineCodec], ...Object.entries(input.codecs)]);
  const onLoopback = isLoopbackHost(settings.host);
  const access = createAccess({
    apiKey: http.apiKey,
    open: http.open ? 'everybody' : onLoopback && http.apiKey === undefined ? 'this machine' : 'nobody',
    allowsOrigin,
    wrongKey: ({ remoteAddress }) => events.emit('access.refused', { to: 'the HTTP API', remoteAddress }),
  });
  const route = createRouter([
    ...input.userRoutes,
    ...createPushRoutes({ rooms, access, messageBytes: limits.messageBytes }),
    createPresenceRoute(rooms, access),
    createHealthRoute(health),
    ...(inspector?.routes ?? []),
    ...createPageRoutes(
      settings.pages && existsSync(PAGES_DIRECTORY) ? PAGES_DIRECTORY : undefined,
      inspector === undefined ? [INSPECTOR_PAGE] : [],
    ),
  ]);
  const answer: Router = (request) =>
    isDraining() && request.path !== HEALTH_PATH
      ? jsonError(503, 'the server is shutting down')
      : route(request);
  const endpoint = createEndpoint({
    directory,
    rooms,
    events,
    limits,
    codecs,
    allowsOrigin,
    userParameter: settings.line.userParameter,
    isDraining,
  });
  const transport = input.createTransport(
    {
      ...handleSockets([endpoint, ...(inspector?.endpoints ?? [])]),
      request: answer,
      failed: (error) => onError(error, 'a request or a frame'),
    },
    {
      maxFrameBytes:
        limits.messageBytes * FRAME_BYTES_PER_MESSAGE_BYTE +
        limits.roomNameBytes * FRAME_BYTES_PER_NAME_BYTE +
        FRAME_OVERHEAD_BYTES,
      sendQueueBytes: limits.sendQueueBytes,
      idleTimeoutSeconds: limits.idleTimeoutSeconds,
    },
  );
  broker.attach(createFanout([...codecs.values()], (topic, frame) => transport.publish(topic, frame)));
  return transport;
}
