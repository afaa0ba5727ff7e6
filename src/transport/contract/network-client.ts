/** Clients for transports that listen on a port: WebSockets of `ws`, requests of `node:http`, and raw connections. */

import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { WebSocket } from 'ws';
import { Inbox } from '../../system/inbox-harness.ts';
import type { InMemoryClient, SocketEnd } from '../in-memory-socket.ts';
import { ReceivedText, type StreamClient, type StreamEnd } from '../in-memory-stream.ts';
import {
  HandshakeRefusedError,
  type ClientResponse,
  type ConnectOptions,
  type RequestOptions,
} from '../in-memory.ts';

/** A `ws` client with the interface of an in-memory one. */
export async function connect(
  port: number,
  { path = '/', query = '', headers = {} }: ConnectOptions = {},
  host = '127.0.0.1',
): Promise<InMemoryClient> {
  const { 'Sec-WebSocket-Protocol': offered, ...others } = headers;
  const protocols = offered?.split(', ') ?? [];
  const raw = new WebSocket(`ws://${toUrlHost(host)}:${port}${path}?${query}`, protocols, {
    headers: others,
  });
  const inbox = new Inbox<string>();
  const closed = new Promise<SocketEnd>((resolve) => {
    raw.on('close', (code, reason) => {
      inbox.end(`the socket has closed with ${code}`);
      resolve({ code, reason: reason.toString() });
    });
  });
  const binaryInbox = new Inbox<Uint8Array>();
  raw.on('message', (data: Buffer, isBinary) => {
    if (isBinary) binaryInbox.push(new Uint8Array(data));
    else inbox.push(data.toString());
  });
  await new Promise<void>((resolve, reject) => {
    raw.on('open', resolve);
    raw.on('error', reject);
    raw.on('unexpected-response', (_request, response) => {
      readResponse(response).then((refusal) => reject(new HandshakeRefusedError(refusal)), reject);
    });
  });
  return {
    protocol: raw.protocol,
    frames: inbox.items,
    binaryFrames: binaryInbox.items,
    closed,
    nextFrame: () => inbox.next(),
    nextBinaryFrame: () => binaryInbox.next(),
    send: (frame) => raw.send(frame),
    close: (code, reason) => raw.close(code, reason),
    terminate: () => raw.terminate(),
    pause: () => raw.pause(),
    resume: () => raw.resume(),
  };
}

/** Sends a request and reads the whole response. */
export async function request(
  port: number,
  options?: RequestOptions,
  host?: string,
): Promise<ClientResponse> {
  return readResponse(await openResponse(port, options, host));
}

/** Sends a request whose response is streamed. */
export async function openStream(port: number, options?: RequestOptions): Promise<StreamClient> {
  const response = await openResponse(port, options);
  const received = new ReceivedText();
  response.setEncoding('utf8');
  response.on('data', (text: string) => received.add(text));
  response.on('error', () => {});
  const ended = new Promise<StreamEnd>((resolve) => {
    response.on('close', () => {
      received.end();
      resolve(response.complete ? 'complete' : 'broken');
    });
  });
  return {
    status: response.statusCode ?? 0,
    headers: readHeaders(response),
    takeUntil: (text) => received.takeUntil(text),
    ended,
    abort: () => void response.destroy(),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
  };
}

function openResponse(
  port: number,
  {
    method = 'GET',
    path = '/',
    query,
    headers = {},
    body = '',
    isUnfinished = false,
    signal,
  }: RequestOptions = {},
  host = '127.0.0.1',
): Promise<http.IncomingMessage> {
  const target = query === undefined ? path : `${path}?${query}`;
  const length = Buffer.byteLength(body) + (isUnfinished ? 1 : 0);
  const lengthHeader = length > 0 ? { 'content-length': String(length) } : {};
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      {
        host,
        port,
        method,
        path: target,
        headers: { ...lengthHeader, ...headers },
        agent: keepAlive,
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    );
    outgoing.on('error', reject);
    if (isUnfinished) outgoing.write(body);
    else outgoing.end(body);
  });
}

/** Connections are used again, so that an error in one exchange is seen in the next. */
const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 8 });

async function readResponse(response: http.IncomingMessage): Promise<ClientResponse> {
  const headers = readHeaders(response);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() };
}

function readHeaders(response: http.IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value);
  return headers;
}

function toUrlHost(host: string): string {
  return net.isIPv6(host) ? `[${host}]` : host;
}

/** A connection that stays open after the response to its first request. */
export async function openKeepAlive(port: number): Promise<{ socket: net.Socket; closed: Promise<unknown> }> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const closed = new Promise((resolve) => {
    socket.on('close', resolve);
  });
  socket.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
  await once(socket, 'data');
  return { socket, closed };
}
