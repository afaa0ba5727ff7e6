/** Opens a WebSocket, or throws the response of the server. It knows no protocol. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';

export interface ConnectOptions {
  /** Path and query. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** The server refused a handshake with a response. */
export class HandshakeRefused extends Error {
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string) {
    super(`the handshake was refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

/**
 * Opens a socket. `createClient` gets it before it is open, so that no frame is missed.
 * @throws {HandshakeRefused}
 */
export async function openSocket<Client>(
  url: string,
  options: ConnectOptions,
  createClient: (socket: WebSocket) => Client,
): Promise<Client> {
  const { path = '/', headers = {}, protocols = [] } = options;
  const socket = new WebSocket(new URL(path, url.replace('http', 'ws')), [...protocols], {
    headers,
    perMessageDeflate: false,
  });
  const client = createClient(socket);
  const refused = new Promise<never>((_, reject) => {
    socket.on('unexpected-response', (_request, response: IncomingMessage) => {
      text(response).then((body) => reject(new HandshakeRefused(response.statusCode ?? 0, body)), reject);
    });
  });
  await Promise.race([once(socket, 'open'), refused]);
  return client;
}
