/** The types of the transport contract: the transport under test, and the server that its tests use. */

import { Inbox } from '../../system/inbox-harness.ts';
import type { InMemoryTransport } from '../in-memory.ts';
import type { Socket, Transport, TransportHandlers, TransportOptions } from '../common/transport.ts';

/** A transport that listens, and its client side. */
export interface RunningTransport extends Pick<InMemoryTransport, 'connect' | 'request' | 'stream'> {
  readonly transport: Transport;
}

/** Makes a transport that listens on a free port. */
export type StartTransport = <Session>(
  handlers: TransportHandlers<Session>,
  options: TransportOptions,
) => Promise<RunningTransport>;

/** The server's side of one socket, with the events of this socket as texts. */
export class Peer {
  readonly socket: Socket;
  /** `message hi`, `message (not UTF-8)`, `drain`, `overflow`, `close 1000 bye`. */
  readonly events = new Inbox<string>();

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Resolves when this event is next; events before it are ignored. */
  async until(event: string): Promise<void> {
    while ((await this.events.next()) !== event);
  }

  count(event: string): number {
    return this.events.items.filter((happened) => happened === event).length;
  }
}

/** `peer` is set when the socket opens: a session is made at the handshake, before there is a socket. */
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

/** Starts a transport whose handlers, except the given ones, record the events of peers. The suite closes it. */
export type StartServer = (
  handlers?: Partial<TransportHandlers<Session>>,
  options?: Partial<TransportOptions>,
) => Promise<RunningTransport & Server>;
