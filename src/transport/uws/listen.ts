/** Listens with uWebSockets.js (uWS) on a port of its own, also on one whose last connections have just closed, or shares one. */

import { findFreePort, isPortFree } from '../common/free-port.ts';
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
 * With the flag for a port of its own, uWS sets no `SO_REUSEADDR`: a server that was restarted could not listen for a
 * minute, while the old connections are in the state TIME-WAIT. Without the flag, a second server can listen on the same
 * port, and each gets a part of the clients. So the flag is for a port that the system chooses; on another one it is found
 * out first whether somebody listens.
 * @throws {ListenError}
 */
export async function listenAlone(
  uws: Uws,
  app: TemplatedApp,
  { host, port }: ListenAddress,
): Promise<us_listen_socket> {
  const { LIBUS_LISTEN_EXCLUSIVE_PORT } = uws as unknown as UntypedModule;
  if (port !== 0 && !(await isPortFree({ host, port }))) throw new ListenError(host, port);
  return listen(app, { host, port }, port === 0 ? LIBUS_LISTEN_EXCLUSIVE_PORT : 0);
}

/**
 * The same for a server that may have to listen on its port once more: with the flag the system would not let it, as long as
 * there are connections.
 * @throws {ListenError}
 */
export async function listenAgainLater(app: TemplatedApp, address: ListenAddress): Promise<us_listen_socket> {
  const port = await findFreePort(address);
  if (port === undefined) throw new ListenError(address.host, address.port);
  return listen(app, { host: address.host, port }, 0);
}

/**
 * Listens with others on the same port: the system spreads the connections over them (`SO_REUSEPORT`).
 * @throws {ListenError}
 */
export function listenWithOthers(app: TemplatedApp, address: ListenAddress): Promise<us_listen_socket> {
  return listen(app, address, 0);
}

async function listen(
  app: TemplatedApp,
  { host, port }: ListenAddress,
  options: number,
): Promise<us_listen_socket> {
  const listening = await new Promise<us_listen_socket | false>((resolve) => {
    (app as unknown as UntypedApp).listen(host, port, options, resolve);
  });
  if (listening === false) throw new ListenError(host, port);
  return listening;
}
