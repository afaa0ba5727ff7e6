/** Starts a server in this process, on a free port. It ends with its test. */

import { onTestFinished } from 'vitest';
import {
  createServer,
  type ServantDefinitions,
  type ServerOptions,
  type StatecastServer,
} from '../../src/index.ts';
import { requestHttp, type HttpAnswer, type HttpOptions } from './http-request.ts';
import { connectLineClient, type LineClient } from './line-client.ts';
import type { ConnectOptions } from './open-socket.ts';

/** A short drain, so that a test with a handler that never answers does not wait for the default. */
const DRAIN_SECONDS = 5;

/** These tests run on any transport: `STATECAST_TRANSPORT=ws npx vitest run test`. */
const TRANSPORT = (process.env['STATECAST_TRANSPORT'] ?? 'auto') as 'auto' | 'uws' | 'ws';

/** The functions by which a test uses a server, in this process or in another. */
export interface Reachable {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  connect(options?: ConnectOptions): Promise<LineClient>;
  request(path: string, options?: HttpOptions): Promise<HttpAnswer>;
}

export interface RunningServer<All extends ServantDefinitions = {}> extends Reachable {
  readonly server: StatecastServer<All>;
  readonly port: number;
  /** Errors that the server could not report in another way. */
  readonly errors: readonly { readonly error: unknown; readonly where: string }[];
}

/** @param prepare Called before the server listens, and so before it reads its store. */
export async function startServer<All extends ServantDefinitions = {}>(
  options: ServerOptions<All> = {},
  prepare?: (server: StatecastServer<All>) => void,
): Promise<RunningServer<All>> {
  const errors: { error: unknown; where: string }[] = [];
  const server = createServer({
    port: 0,
    drainSeconds: DRAIN_SECONDS,
    transport: TRANSPORT,
    onError: (error, where) => errors.push({ error, where }),
    ...options,
  });
  onTestFinished(() => server.close());
  prepare?.(server);
  const { port } = await server.listen();
  return { server, port, errors, ...reach(`http://127.0.0.1:${port}/`) };
}

/** Makes clients of an address. Their sockets are dropped after the test, before the server is closed. */
export function reach(url: string): Reachable {
  return {
    url,
    async connect(options) {
      const client = await connectLineClient(url, options);
      onTestFinished(() => client.terminate());
      return client;
    },
    request: (path, options) => requestHttp(new URL(path, url), options),
  };
}
