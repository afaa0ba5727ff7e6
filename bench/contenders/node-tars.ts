/** The interface that the RPC scenario calls: that of the example of `@tars/rpc`, with its stubs. */

import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export const OBJECT = 'TARS.NodeTarsServer.NodeTarsObj';
export const INTERFACE = 'tars.NodeTars';

const EXAMPLES = '@tars/rpc/examples/rpc-tars/demo.1';

/** The .tars file of the interface. */
export const TARS_FILE = load.resolve(`${EXAMPLES}/server.node.1/NodeTars.tars`);

/** The argument of every call, 32 bytes; the reply carries it twice. */
export const NAME = 'somebody whose name has 32 bytes';

export function objectAt(port: number): string {
  return `${OBJECT}@tcp -h 127.0.0.1 -p ${port} -t 60000`;
}

/** The used part of the stub, which has no types. */
export interface BareProxy {
  getUsrName(
    name: string,
    options: object,
  ): Promise<{ response: { return: number; arguments: { sValue1: string; sValue2: string } } }>;
}

/** Connects with `@tars/rpc` alone. */
export function connectBare(port: number): BareProxy {
  // Loaded first, because otherwise its import cycle with `@tars/rpc` causes warnings.
  load('@tars/monitor');
  const { client } = load('@tars/rpc') as {
    client: { stringToProxy(stub: unknown, object: string): BareProxy };
  };
  const { tars } = load(`${EXAMPLES}/client.node.proxy/NodeTarsProxy.js`) as {
    tars: { NodeTarsProxy: unknown };
  };
  return client.stringToProxy(tars.NodeTarsProxy, objectAt(port));
}
