/** What is decided before the server's handlers are asked: requests that are refused, and which ones are handshakes. */

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { announcesBody } from '../common/request-body.ts';
import { jsonError } from '../common/responses.ts';
import type { TransportResponse } from '../common/transport.ts';
import { NodeRequestHead } from './exchange.ts';

/** The key of a handshake is 16 bytes in base64 (RFC 6455, section 4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** The version of RFC 6455. */
const VERSION = '13';

/** Whether a request with an `Upgrade` header asks for a WebSocket. */
export function isHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    KEY.test(headers['sec-websocket-key'] ?? '')
  );
}

/** What is wrong with a request that no handler is asked about. */
export function refuseRequest({ httpVersion, headers }: IncomingMessage): TransportResponse | undefined {
  if (httpVersion === '1.1' && headers.host === undefined)
    return jsonError(400, 'the request has no Host header');
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    return jsonError(417, `the expectation ${headers.expect} is not supported`);
  return undefined;
}

/** What is wrong with a handshake that no handler is asked about. */
export function refuseHandshake(request: IncomingMessage): TransportResponse | undefined {
  const version = request.headers['sec-websocket-version'] ?? '';
  if (version !== VERSION) {
    const refusal = jsonError(426, `the WebSocket version ${version || '(none)'} is not supported, use 13`);
    return { ...refusal, headers: { ...refusal.headers, 'sec-websocket-version': VERSION } };
  }
  if (announcesBody(new NodeRequestHead(request))) return jsonError(400, 'a WebSocket handshake has no body');
  return refuseRequest(request);
}

/**
 * Has a request served as if it did not ask for an upgrade. `node:http` gives such a connection away, so it is given
 * back, with a head that no longer asks.
 */
export function serveWithoutUpgrade(http: Server, req: IncomingMessage, socket: Duplex, rest: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index] ?? '';
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${req.rawHeaders[index + 1] ?? ''}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]));
  http.emit('connection', socket);
}
