/** For tests of links and servers: a recording listener, peers with raw sockets, an echo servant and a manual clock. */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { Inbox } from '../../system/inbox-harness.ts';
import type { Clock } from '../../system/clock.ts';
import { createServantServer, type ServantServerOptions } from '../server/servant-server.ts';
import type {
  EndpointAddress,
  EndpointCircuit,
  LinkError,
  LinkListener,
  LinkReply,
  LinkRequest,
  ServantLink,
} from '../servant-link.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { method } from '../calls/method.ts';
import { RequestPacket, ResponsePacket } from '../wire/packets.ts';
import { createServantAdapter } from '../calls/servant-adapter.ts';
import { required } from '../wire/struct.ts';
import { t } from '../wire/types.ts';
import { createTcpLink, type TcpLinkOptions } from './tcp-link.ts';

export const OBJECT = 'Test.EchoServer.EchoObj';

/** An interface with a function that returns its argument. */
export const ECHO = {
  echo: method<{ text: string }, { ret: string }>(
    'Test.Echo.echo',
    { text: required(1, t.string) },
    { ret: required(0, t.string) },
  ),
};

export const echoAdapter = createServantAdapter(ECHO, { echo: async ({ text }) => ({ ret: text }) });

export const echoBody = (text: string): Uint8Array => ECHO.echo.args.encode({ text });

export const echoText = (reply: LinkReply): string => ECHO.echo.result.decode(reply.body).ret;

export type Told =
  | { readonly type: 'reply'; readonly reply: LinkReply }
  | { readonly type: 'lost'; readonly requestIds: readonly number[]; readonly error: LinkError }
  | { readonly type: 'closed' }
  | { readonly type: 'writable' }
  | {
      readonly type: 'endpoint';
      readonly endpoint: EndpointAddress;
      readonly circuit: EndpointCircuit;
    };

/** A link, with everything its listener got. */
export interface Probe {
  readonly link: ServantLink;
  /** All events so far, in order, except those of circuits. */
  readonly told: readonly Told[];
  /** The next event of this type; each is returned once. */
  readonly next: <Type extends Told['type']>(type: Type) => Promise<Extract<Told, { type: Type }>>;
  /** Sends a call of the echo; returns its id, or 0 if it was not sent. */
  readonly post: (text: string, request?: Partial<LinkRequest>) => number;
  /** Sends a call of the echo and resolves to its reply; other replies are only in `told`. */
  readonly call: (text: string, request?: Partial<LinkRequest>) => Promise<LinkReply>;
}

/** Makes a link to these ports on loopback; it is closed after the test. */
export function probe(ports: readonly number[], options: TcpLinkOptions = {}): Probe {
  const endpoints = ports.map((port) => `tcp -h 127.0.0.1 -p ${port}`).join(':');
  return probeObject(ports.length === 0 ? OBJECT : `${OBJECT}@${endpoints}`, options);
}

export function probeObject(object: string, options: TcpLinkOptions = {}): Probe {
  const told: Told[] = [];
  const inboxes = {
    reply: new Inbox<Told>(),
    lost: new Inbox<Told>(),
    closed: new Inbox<Told>(),
    writable: new Inbox<Told>(),
    endpoint: new Inbox<Told>(),
  };
  const waiting = new Map<number, (reply: LinkReply) => void>();
  const tell = (event: Told) => {
    if (event.type !== 'endpoint') told.push(event);
    inboxes[event.type].push(event);
  };
  const listener: LinkListener = {
    reply(reply) {
      waiting.get(reply.requestId)?.(reply);
      waiting.delete(reply.requestId);
      tell({ type: 'reply', reply });
    },
    lost: (requestIds, error) => tell({ type: 'lost', requestIds, error }),
    closed: () => tell({ type: 'closed' }),
    writable: () => tell({ type: 'writable' }),
    endpoint: (endpoint, circuit) => tell({ type: 'endpoint', endpoint, circuit }),
  };
  const link = createTcpLink(options)(object, listener);
  onTestFinished(() => link.close());
  let lastId = 0;

  function post(text: string, request: Partial<LinkRequest> = {}): number {
    lastId += 1;
    const isSent = link.send({
      requestId: lastId,
      func: 'echo',
      body: echoBody(text),
      timeoutMs: 60_000,
      ...request,
    });
    return isSent ? (request.requestId ?? lastId) : 0;
  }

  return {
    link,
    told,
    next: (type) => inboxes[type].next() as never,
    post,
    call(text, request) {
      return new Promise((resolve, reject) => {
        const id = post(text, request);
        if (id === 0) reject(new Error('not sent'));
        else waiting.set(id, resolve);
      });
    },
  };
}

export interface Peer {
  readonly port: number;
  /** The connections, in their order. */
  readonly sockets: Inbox<Socket>;
  /** Stops listening and drops all connections. */
  readonly stop: () => Promise<void>;
}

/** Listens with a handler of raw sockets; it is stopped after the test. */
export async function startPeer(handle: (socket: Socket) => void, port = 0): Promise<Peer> {
  const sockets = new Inbox<Socket>();
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
    handle(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets.items) socket.destroy();
    await closed;
  };
  onTestFinished(stop);
  return { port: (server.address() as AddressInfo).port, sockets, stop };
}

export type Request = ReturnType<typeof RequestPacket.decode>;

/** Listens as a servant that passes each request to `handle`. */
export function startServant(handle: (request: Request, socket: Socket) => void, port = 0): Promise<Peer> {
  return startPeer((socket) => {
    const splitter = new FrameSplitter();
    socket.on('data', (chunk) => {
      for (const packet of splitter.push(chunk)) handle(RequestPacket.decode(packet), socket);
    });
  }, port);
}

/** The answer of the echo, or an error, as a frame. */
export function answer({ requestId, body }: Request, ret = 0): Uint8Array {
  return ResponsePacket.encodeFrame({
    requestId,
    ret,
    body: ECHO.echo.result.encode({ ret: ECHO.echo.args.decode(body).text }),
    description: ret === 0 ? '' : 'as it was told to',
  });
}

/**
 * Listens as a servant that answers the echo with its number as the return code. Other requests go to `other`, or get
 * no answer.
 */
export function startNumbered(
  number: number,
  other: (request: Request, socket: Socket) => void = () => {},
  port = 0,
): Promise<Peer> {
  return startServant((request, socket) => {
    if (request.func === 'echo') socket.write(answer(request, number));
    else other(request, socket);
  }, port);
}

/** Calls until each of the numbered servants has answered; then all are connected. */
export async function reachAll({ call }: Probe, numbers: readonly number[]): Promise<void> {
  const missing = new Set(numbers);
  while (missing.size > 0) missing.delete((await call('are you there?')).ret);
}

/** Finds a route key whose calls go to this numbered servant. */
export async function keyOf({ call }: Probe, number: number): Promise<string> {
  for (let index = 0; ; index++) {
    const routeKey = `key-${index}`;
    if ((await call('is it you?', { routeKey })).ret === number) return routeKey;
  }
}

/** Starts our own server with the echo on a free port; it is closed after the test. */
export async function startEcho(options: Partial<ServantServerOptions> = {}): Promise<number> {
  const server = createServantServer({
    host: '127.0.0.1',
    port: 0,
    servants: new Map([[OBJECT, echoAdapter]]),
    ...options,
  });
  onTestFinished(() => server.close());
  return (await server.listen()).port;
}

/** A port where nothing listens now. */
export async function freePort(): Promise<number> {
  const peer = await startPeer(() => {});
  await peer.stop();
  return peer.port;
}

/** A clock that the test moves. */
export class ManualClock implements Clock {
  /** The monotonic time. */
  #now = 1_000_000;
  #stepped = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly fn: () => void }>();
  #lastId = 0;

  now(): number {
    return this.#now + this.#stepped;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Sets the wall clock forward, or back if `ms` is negative. */
  stepWallClock(ms: number): void {
    this.#stepped += ms;
  }

  /** How many timers run. */
  get timers(): number {
    return this.#timers.size;
  }

  setTimeout(fn: () => void, delayMs: number): number {
    this.#lastId += 1;
    this.#timers.set(this.#lastId, { at: this.#now + delayMs, fn });
    return this.#lastId;
  }

  clearTimeout(id: unknown): void {
    this.#timers.delete(id as number);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const [id, { at, fn }] of [...this.#timers].sort(([, one], [, other]) => one.at - other.at)) {
      // An earlier timer may have cleared it.
      if (at <= this.#now && this.#timers.delete(id)) fn();
    }
  }
}
