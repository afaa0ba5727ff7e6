/** Writes responses, by `node:http` or as bytes. */

import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { TransportResponse } from '../common/transport.ts';

const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const CONTENT_LENGTH = 'content-length';

/** Writes a whole response. For HEAD, that of a stream has no length. */
export function writeResponse(res: ServerResponse, method: string, response: TransportResponse): void {
  const { status, body = '', stream } = response;
  setHeaders(res, response);
  if (mayHaveBody(status) && stream === undefined) res.setHeader(CONTENT_LENGTH, Buffer.byteLength(body));
  res.writeHead(status);
  if (mayHaveBody(status) && method !== 'HEAD') res.end(body);
  else res.end();
}

/** Writes the status and the headers of a stream. */
export function writeHead(res: ServerResponse, response: TransportResponse): void {
  setHeaders(res, response);
  res.writeHead(response.status);
}

function setHeaders(res: ServerResponse, { headers = {} }: TransportResponse): void {
  for (const name of Object.keys(headers)) {
    // The length is counted here.
    if (name.length !== CONTENT_LENGTH.length || name.toLowerCase() !== CONTENT_LENGTH)
      res.setHeader(name, headers[name] ?? '');
  }
}

/** The bytes of a whole response, for a socket that `node:http` does not serve. The socket is to be closed after it. */
export function formatResponse(
  { status, headers = {}, body = '' }: TransportResponse,
  method: string,
): Buffer {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`];
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== CONTENT_LENGTH) lines.push(`${name}: ${value}`);
  }
  if (mayHaveBody(status)) lines.push(`${CONTENT_LENGTH}: ${Buffer.byteLength(body)}`);
  lines.push('connection: close', '', '');
  const head = Buffer.from(lines.join('\r\n'), 'latin1');
  return mayHaveBody(status) && method !== 'HEAD' ? Buffer.concat([head, Buffer.from(body)]) : head;
}

function mayHaveBody(status: number): boolean {
  return status !== NO_CONTENT && status !== NOT_MODIFIED;
}
