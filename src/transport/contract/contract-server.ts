/** What the transport contract needs: a transport to test, and what its tests see of the server. It knows no transport. */

import { Inbox } from '../../system/inbox-harness.ts';
import type { InMemoryTransport } from '../in-memory.ts';
import type { Socket, Transport, TransportHandlers, TransportOptions } from '../transport.ts';

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
