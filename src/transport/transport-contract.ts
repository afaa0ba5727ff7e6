/**
 * What every transport has to keep, as one suite that each of them runs: what it needs of a transport is a way
 * to start it and a client to speak to it. It knows no transport.
 */

import { afterEach, describe } from 'vitest';
import { Inbox } from '../system/inbox-harness.ts';
import type { InMemoryTransport } from './in-memory.ts';
import { describeRequests } from './transport-contract-requests.ts';
import { describeSockets } from './transport-contract-sockets.ts';
import type { Socket, Transport, TransportHandlers, TransportOptions } from './transport.ts';

/** A transport that listens, and the client side of it. */
export interface RunningTransport extends Pick<InMemoryTransport, 'connect' | 'request'> {
  readonly transport: Transport;
}

/** Makes a transport, and listens where nothing else does. */
export type StartTransport = <Session>(
  handlers: TransportHandlers<Session>,
  options: TransportOptions,
) => Promise<RunningTransport>;

/** The server's side of one socket: what has happened to it, as texts. */
export class Peer {
  readonly socket: Socket;
  /** `message hi`, `message (not UTF-8)`, `drain`, `overflow`, `close 1000 bye`. */
  readonly events = new Inbox<string>();

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Resolves when the next event is this one, whatever comes before it. */
  async until(event: string): Promise<void> {
    while ((await this.events.next()) !== event);
  }

  count(event: string): number {
    return this.events.items.filter((happened) => happened === event).length;
  }
}

/** A session is a box, since its socket is not there yet when the handshake is accepted. */
export interface Session {
  peer?: Peer;
}

/** What a test sees of the server. */
export interface Server {
  /** The peers, as their sockets open. */
  readonly peers: Inbox<Peer>;
  /** What handlers threw. */
  readonly failures: Inbox<unknown>;
}

/** Starts a transport whose handlers write the events of peers, except for those given. The suite closes it. */
export type StartServer = (
  handlers?: Partial<TransportHandlers<Session>>,
  options?: Partial<TransportOptions>,
) => Promise<RunningTransport & Server>;

const OPTIONS: TransportOptions = {
  maxFrameBytes: 64 * 1024,
  sendQueueBytes: 64 * 1024,
  idleTimeoutSeconds: 120,
};

/** Runs the suite on one transport. */
export function describeTransport(name: string, start: StartTransport): void {
  describe(`the ${name} transport`, () => {
    const running: Transport[] = [];

    const startServer: StartServer = async (handlers = {}, options = {}) => {
      const server: Server = { peers: new Inbox(), failures: new Inbox() };
      const started = await start({ ...createHandlers(server), ...handlers }, { ...OPTIONS, ...options });
      running.push(started.transport);
      return { ...started, ...server };
    };

    afterEach(async () => {
      await Promise.all(running.splice(0).map((transport) => transport.close()));
    });

    describe('sockets', () => {
      describeSockets(startServer);
    });
    describe('requests', () => {
      describeRequests(startServer);
    });
  });
}

function createHandlers({ peers, failures }: Server): TransportHandlers<Session> {
  return {
    upgrade: () => ({ accept: true, session: {} }),
    open(session, socket) {
      session.peer = new Peer(socket);
      peers.push(session.peer);
    },
    message: ({ peer }, frame) => peer?.events.push(`message ${frame ?? '(not UTF-8)'}`),
    drain: ({ peer }) => peer?.events.push('drain'),
    overflow: ({ peer }) => peer?.events.push('overflow'),
    close: ({ peer }, code, reason) => peer?.events.push(`close ${code} ${reason}`),
    request: () => ({ status: 404 }),
    failed: (error) => failures.push(error),
  };
}
