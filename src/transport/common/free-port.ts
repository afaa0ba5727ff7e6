/** Whether a port can be listened on. It knows no transport. */

import net from 'node:net';
import type { ListenAddress } from './transport.ts';

/** Whether nobody listens on a port of this machine, not even one who would share it. */
export function isPortFree({ host, port }: Pick<ListenAddress, 'host' | 'port'>): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
