/** A TCP server for servants, which other TARS services call. */

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { startQuietTimer, systemClock, type Clock } from '../../system/clock.ts';
import type { SocketSource } from '../../system/socket-source.ts';
import { DEFAULT_FRAME_BYTES, GROWTH } from '../wire/frame-splitter.ts';
import type { ServantAdapter } from '../calls/servant-adapter.ts';
import { ClientConnection, type ServingOptions } from './client-connection.ts';
import { HalfFrames } from './half-frames.ts';
import type { OnServerError } from './server-errors.ts';

const DEFAULT_MAX_CONNECTIONS = 1_024;
const DEFAULT_MAX_CALLS = 1_000;
const DEFAULT_MAX_CALLS_IN_ALL = 10_000;
const DEFAULT_FRAME_TIMEOUT_MS = 30_000;
/** What connections that may not call yet may hold together, if no first frame may be longer. */
const DEFAULT_UNTRUSTED_BYTES = 16 * 1024 * 1024;
/** The value of the platform's template. */
const DEFAULT_IDLE_TIMEOUT_MS = 60_000;
const DEFAULT_CLOSE_TIMEOUT_MS = 3_000;

export interface ServantServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where connections come from if another process listens. Default: it listens itself. */
  readonly source?: SocketSource | undefined;
  /** By object name, `App.Server.Obj`. Servants that are added later are served too. */
  readonly servants: ReadonlyMap<string, ServantAdapter>;
  /** The longest request, including its length field, in bytes. Default 10 MiB. */
  readonly maxFrameBytes?: number;
  /**
   * The same for a connection before its first call that {@link ServantServerOptions.trusts} allows. Default: as long as any.
   * All such connections together hold at most 16 MiB of frames that are not complete, or two of the longest ones: whoever
   * holds most is dropped.
   */
  readonly maxFirstFrameBytes?: number;
  /** Whether a client may call, by the context of its call. Default: everybody. */
  readonly trusts?: (context: ReadonlyMap<string, string>) => boolean;
  /** How long a frame may take from its first byte to its last, in milliseconds. Default 30,000. */
  readonly frameTimeoutMs?: number;
  /** Further connections are closed at once. Default 1,024. */
  readonly maxConnections?: number;
  /** The most calls of one connection in flight; further ones are answered `overloaded`. Default 1,000. */
  readonly maxCalls?: number;
  /** The same of all connections together. Default 10,000. */
  readonly maxCallsInAll?: number;
  /** A connection that is idle for so long, with no call in flight, is closed; in milliseconds. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** How long `close` waits for the calls in flight, in milliseconds. Default 3,000. */
  readonly closeTimeoutMs?: number;
  /**
   * Called when a connection was dropped for invalid data, when an adapter rejected, and when connections cannot be
   * accepted. It must not throw.
   */
  readonly onError?: OnServerError;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export interface ServantServer {
  /**
   * Listens and resolves to the address. Calling it again returns the same promise.
   * @throws {Error} (as a rejection) of the operating system, such as `EADDRINUSE`.
   */
  listen(): Promise<{ host: string; port: number }>;
  /**
   * Accepts no more connections, answers new calls `overloaded`, waits for the calls in flight and closes. Calling it
   * again returns the same promise.
   */
  close(): Promise<void>;
}

/** Makes a server; it listens when `listen` is called. */
export function createServantServer(options: ServantServerOptions): ServantServer {
  const { clock = systemClock, closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS } = options;
  const maxFrameBytes = options.maxFrameBytes ?? DEFAULT_FRAME_BYTES;
  const maxFirstFrameBytes = Math.min(maxFrameBytes, options.maxFirstFrameBytes ?? maxFrameBytes);
  const serving: ServingOptions = {
    servants: options.servants,
    maxFrameBytes,
    maxFirstFrameBytes,
    frameTimeoutMs: options.frameTimeoutMs ?? DEFAULT_FRAME_TIMEOUT_MS,
    trusts: options.trusts ?? (() => true),
    halfFrames: new HalfFrames(Math.max(DEFAULT_UNTRUSTED_BYTES, 2 * GROWTH * maxFirstFrameBytes)),
    allCalls: { inFlight: 0, most: options.maxCallsInAll ?? DEFAULT_MAX_CALLS_IN_ALL },
    maxCalls: options.maxCalls ?? DEFAULT_MAX_CALLS,
    idleTimeoutMs: options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
    onError: options.onError ?? (() => {}),
    clock,
  };
  const connections = new Set<ClientConnection>();
  const server = createServer({ noDelay: true }, accept);
  server.maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
  let listening: Promise<{ host: string; port: number }> | undefined;
  let closing: Promise<void> | undefined;
  let emptied: (() => void) | undefined;

  return {
    listen() {
      listening ??= listen();
      return listening;
    },
    close() {
      closing ??= close();
      return closing;
    },
  };

  function listen(): Promise<{ host: string; port: number }> {
    const { host, source } = options;
    if (source !== undefined) {
      source.open((socket) => {
        if (connections.size < server.maxConnections) accept((socket as Socket).setNoDelay(true));
        else socket.destroy();
      });
      return Promise.resolve({ host, port: source.port });
    }
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, () => {
        server.off('error', reject);
        server.on('error', (error) => serving.onError(error, {}));
        const { address, port } = server.address() as AddressInfo;
        resolve({ host: address, port });
      });
    });
  }

  function accept(socket: Socket): void {
    const connection = new ClientConnection(socket, serving);
    connections.add(connection);
    socket.once('close', () => {
      connections.delete(connection);
      if (connections.size === 0) emptied?.();
    });
  }

  async function close(): Promise<void> {
    // A server that is closed before it listens would listen afterwards.
    await listening?.catch(() => {});
    options.source?.close();
    if (!server.listening && connections.size === 0) return;
    const closed =
      options.source === undefined ? new Promise((resolve) => server.close(resolve)) : allClosed();
    const timer = startQuietTimer(clock, dropAll, closeTimeoutMs);
    for (const connection of connections) connection.finish();
    await closed;
    clock.clearTimeout(timer);
  }

  function allClosed(): Promise<void> {
    return new Promise((resolve) => {
      emptied = resolve;
    });
  }

  function dropAll(): void {
    for (const connection of connections) connection.drop();
  }
}
