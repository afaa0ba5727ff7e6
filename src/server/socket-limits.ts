/**
 * How many connections a server takes. A process that has no descriptor left can neither accept a socket nor open a
 * file: the listening socket would keep the event loop busy, and no change of a room would be stored.
 */

import type { EventSink } from '../events/server-events.ts';
import type { Clock } from '../system/clock.ts';
import type { Descriptors } from '../system/descriptors.ts';

/** Descriptors that are kept for the files of the store (16 at a time) and for connections to servants and platform. */
const RESERVE = 48;
/** Of all sockets, this share is for HTTP requests and for handshakes that are refused. */
const HTTP_SHARE = 1 / 16;
const MIN_HTTP_SOCKETS = 8;
const MAX_HTTP_SOCKETS = 512;
/** However few descriptors there are, a server takes so many sockets. */
const MIN_SOCKETS = 2 * MIN_HTTP_SOCKETS;
/** The default where the limit of descriptors cannot be known. */
export const DEFAULT_CONNECTIONS = 10_000;

/** How often it is told that the server is full, in milliseconds. */
const TELL_INTERVAL_MS = 60_000;

export interface SocketLimits {
  /** WebSocket connections at a time; a handshake beyond it is refused with 503. */
  readonly connections: number;
  /** Sockets at a time, those of HTTP requests included; one beyond it is closed when it is accepted. */
  readonly sockets: number;
}

/**
 * @param wanted The setting `limits.connections`; 0 is as many as the descriptors allow.
 * @param descriptors Undefined where they cannot be known.
 */
export function decideSocketLimits(wanted: number, descriptors: Descriptors | undefined): SocketLimits {
  const most =
    descriptors === undefined
      ? Infinity
      : Math.max(MIN_SOCKETS, descriptors.limit - descriptors.used - RESERVE);
  const asked = wanted > 0 ? wanted : descriptors === undefined ? DEFAULT_CONNECTIONS : Infinity;
  const sockets = asked + httpSockets(asked);
  if (sockets <= most) return { connections: asked, sockets };
  return { connections: Math.min(asked, most - httpSockets(most)), sockets: most };
}

/** How many sockets are kept for HTTP among so many. */
function httpSockets(sockets: number): number {
  return Math.min(MAX_HTTP_SOCKETS, Math.max(MIN_HTTP_SOCKETS, Math.floor(sockets * HTTP_SHARE)));
}

/** Tells that connections are refused, at most once a minute however many there are. */
export class FullNotice {
  readonly #events: EventSink;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #limit: number;
  #toldAt = -Infinity;
  /** Since it was told last. */
  #refused = 0;

  constructor(events: EventSink, clock: Pick<Clock, 'monotonic'>, limit: number) {
    this.#events = events;
    this.#clock = clock;
    this.#limit = limit;
  }

  /** A connection was refused. */
  note(): void {
    this.#refused += 1;
    const now = this.#clock.monotonic();
    if (now - this.#toldAt < TELL_INTERVAL_MS) return;
    this.#events.emit('server.full', { limit: this.#limit, refused: this.#refused });
    this.#toldAt = now;
    this.#refused = 0;
  }
}
