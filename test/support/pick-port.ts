/** Picks free ports for servers that are started twice, or whose port must be known before they start. */

import { createServer } from 'node:net';

const FIRST_PORT = 20_000;
const PORTS = 10_000;

/**
 * A free port below the range of ephemeral ports. In that range, a client that tries to connect again and again may
 * connect to itself.
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
