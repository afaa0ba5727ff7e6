/** Free ports for what has to be started twice, or be named before it is started. */

import { createServer } from 'node:net';

const FIRST_PORT = 20_000;
const PORTS = 10_000;

/**
 * A free port below those that connections take for themselves: a client that tries again and again to reach
 * a port of that range may end up connected to itself.
 */
export async function pickPort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
