/** Makes a proxy with connections of its own: the way to call a servant by generated code, outside a Statecast server. */

import { createProxy, type Methods, type ProxyOf } from '../calls/proxy.ts';
import { createDirectCaller } from '../client/direct-caller.ts';
import { createRegistryLocator } from '../client/registry-locator.ts';
import { createTcpLink } from '../client/tcp-link.ts';

export interface ConnectOptions {
  /** `App.Server.Obj`, or with its endpoints `App.Server.Obj@tcp -h HOST -p PORT`. */
  readonly object?: string;
  /** Where the object is, if its name does not say it: `tcp -h HOST -p PORT[:tcp …]`. */
  readonly endpoint?: string;
  /** The registry to ask where the object is, with its endpoints: `tars.tarsregistry.QueryObj@tcp -h HOST -p PORT`. */
  readonly locator?: string;
  /** The deadline of a call, including the time to connect, in milliseconds. Default 3,000. */
  readonly deadlineMs?: number;
}

export interface Connected<Proxy> {
  readonly proxy: Proxy;
  /** Drops the connections; calls in flight fail. */
  close(this: void): void;
}

/**
 * Makes a proxy of the functions of an interface, such as `HelloMethods` of generated code. It connects at its first
 * call. Calls reject with `TarsCallError`, or with `TarsEncodeError` for arguments that do not fit. There are no
 * retries, and there is no circuit breaker: rooms call servants by `createServer({ servants })`, which has both.
 * @throws {TypeError} for an object or endpoints that cannot be read.
 */
export function connectTars<All extends Methods>(
  methods: All,
  { object, endpoint, locator, deadlineMs }: ConnectOptions & { readonly object: string },
): Connected<ProxyOf<All>> {
  const createLink = createTcpLink(
    locator === undefined ? {} : { locator: createRegistryLocator({ registry: locator }) },
  );
  const caller = createDirectCaller({
    createLink,
    object: endpoint === undefined ? object : `${object}@${endpoint}`,
    ...(deadlineMs !== undefined && { deadlineMs }),
  });
  return { proxy: createProxy(methods, caller), close: () => caller.close() };
}
