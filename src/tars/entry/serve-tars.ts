/** Serves servants at an endpoint as TARS writes it: the way to listen with generated code. */

import { isObjectName, parseEndpoint } from '../client/endpoint.ts';
import type { ServantAdapter } from '../calls/servant-adapter.ts';
import { createServantServer, type ServantServerOptions } from '../server/servant-server.ts';

export interface ServeOptions extends Pick<
  ServantServerOptions,
  'maxFrameBytes' | 'maxConnections' | 'maxCalls' | 'closeTimeoutMs' | 'onError'
> {
  /**
   * `tcp -h HOST -p PORT [-t MS]`. Port 0 takes a free one, and the host `*` is every address. A connection that is
   * idle for `MS` milliseconds, by default 60,000, is closed.
   */
  readonly endpoint: string;
  /** Adapters of generated code, such as `createHelloAdapter(servant)`, by their object's name: `App.Server.Obj`. */
  readonly servants: Readonly<Record<string, ServantAdapter>>;
}

export interface ServedTars {
  /** Where it listens; the port is the one that was taken. */
  readonly address: { readonly host: string; readonly port: number };
  /** Takes no new calls, waits up to 3 s for the calls in flight, and closes. */
  close(this: void): Promise<void>;
}

/**
 * Listens, and resolves when it does.
 * @throws {TypeError} (as a rejection, like all) for an endpoint or an object's name that cannot be read.
 * @throws {Error} of the operating system, such as `EADDRINUSE`.
 */
export async function serveTars({ endpoint, servants, ...options }: ServeOptions): Promise<ServedTars> {
  const parsed = parseEndpoint(endpoint, { leastPort: 0 });
  if (!parsed.ok) throw new TypeError(parsed.problem);
  const { host, port, timeoutMs } = parsed.endpoint;
  const unnamed = Object.keys(servants).find((name) => !isObjectName(name));
  if (unnamed !== undefined) {
    throw new TypeError(`an object is named App.Server.Obj, not ${JSON.stringify(unnamed)}`);
  }
  const server = createServantServer({
    ...options,
    ...(timeoutMs !== undefined && timeoutMs > 0 && { idleTimeoutMs: timeoutMs }),
    host: host === '*' ? '0.0.0.0' : host,
    port,
    servants: new Map(Object.entries(servants)),
  });
  return { address: await server.listen(), close: () => server.close() };
}
