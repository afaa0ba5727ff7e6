/** Which ports can be listened on. It knows no transport. */

import net, { type AddressInfo } from 'node:net';
import type { ListenAddress } from './transport.ts';

/** Whether nobody listens on a port of this machine, not even one who would share it. */
export async function isPortFree(address: Pick<ListenAddress, 'host' | 'port'>): Promise<boolean> {
  return (await findFreePort(address)) !== undefined;
}

/**
 * A port on which nobody listens: the one that is given, or for 0 one that the system chooses. Undefined if the address
 * cannot be used.
 */
export function findFreePort({
  host,
  port,
}: Pick<ListenAddress, 'host' | 'port'>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ host, port, exclusive: true }, () => {
      const found = (probe.address() as AddressInfo).port;
      probe.close(() => resolve(found));
    });
  });
}
