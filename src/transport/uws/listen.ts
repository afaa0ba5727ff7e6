/** Listens with uWebSockets.js (uWS) on a port of its own, also on one whose last connections have just closed. */

import net from 'node:net';
import { ListenError, type ListenAddress } from '../common/transport.ts';
import type { TemplatedApp, us_listen_socket, Uws } from './load.ts';

/** Parts of uWS that its published types do not have. */
interface UntypedApp {
  listen(
    host: string,
    port: number,
    options: number,
    listening: (socket: us_listen_socket | false) => void,
  ): void;
}
interface UntypedModule {
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

/**
 * Without the flag for a port of its own, a second server can listen on the same port, and each gets a part of the
 * clients. With it, uWS sets no `SO_REUSEADDR`: a server that was restarted could not listen for a minute, while its old
 * connections are in the state TIME-WAIT. So where the flag fails and nobody listens on the port, it is left out.
 * @throws {ListenError}
 */
export async function listenAlone(
  uws: Uws,
  app: TemplatedApp,
  { host, port }: ListenAddress,
): Promise<us_listen_socket> {
  const listen = (options: number): Promise<us_listen_socket | false> =>
    new Promise((resolve) => (app as unknown as UntypedApp).listen(host, port, options, resolve));
  const alone = await listen((uws as unknown as UntypedModule).LIBUS_LISTEN_EXCLUSIVE_PORT);
  if (alone !== false) return alone;
  const shared = (await isFree(host, port)) ? await listen(0) : false;
  if (shared === false) throw new ListenError(host, port);
  return shared;
}

/** Whether nobody listens on a port. */
function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
