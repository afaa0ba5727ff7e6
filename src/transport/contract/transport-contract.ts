/**
 * The contract of a transport, as a test suite that every transport runs. The suite needs a function that starts the
 * transport, and a client for it.
 */

import { afterEach, describe } from 'vitest';
import { readFrame } from '../../protocol/text.ts';
import { Inbox } from '../../system/inbox-harness.ts';
import { Peer, type Server, type Session, type StartServer, type StartTransport } from './contract-server.ts';
import { describeRequests } from './request-contract.ts';
import { describeOrder } from './order-contract.ts';
import { describePublications } from './publication-contract.ts';
import { describeSlowReaders } from './slow-reader-contract.ts';
import { describeStreams } from './stream-contract.ts';
import { describeSockets } from './socket-contract.ts';
import type { Transport, TransportHandlers, TransportOptions } from '../common/transport.ts';

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
      describePublications(startServer);
      describeOrder(startServer);
      describeSlowReaders(startServer);
    });
    describe('requests', () => {
      describeRequests(startServer);
    });
    describe('streamed responses', () => {
      describeStreams(startServer);
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
    message: ({ peer }, frame) => peer?.events.push(`message ${readFrame(frame) ?? '(not UTF-8)'}`),
    drain: ({ peer }) => peer?.events.push('drain'),
    overflow: ({ peer }) => peer?.events.push('overflow'),
    close: ({ peer }, code, reason) => peer?.events.push(`close ${code} ${reason}`),
    request: () => ({ status: 404 }),
    failed: (error) => failures.push(error),
  };
}
