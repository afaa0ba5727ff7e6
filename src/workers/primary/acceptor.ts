/**
 * Accepts the connections to a port and hands them to the workers in turn. The bytes of a connection never pass through
 * here. A worker that dies takes no waiting connection with it, and one that is replaced refuses none.
 */

import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Connections that may wait to be accepted. A crowd that connects again at once is not refused. */
const BACKLOG = 4_096;

export interface Acceptor {
  readonly port: number;
  close(): void;
}

export interface AcceptorOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Takes a connection; false if nobody can now. */
  readonly give: (socket: Socket) => boolean;
}

/** Rejects with the error of the system when the port cannot be listened on. */
export function openAcceptor({ host, port, give }: AcceptorOptions): Promise<Acceptor> {
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => undefined);
    if (!give(socket)) socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true, backlog: BACKLOG }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve({ port: (server.address() as AddressInfo).port, close: () => void server.close() });
    });
  });
}
