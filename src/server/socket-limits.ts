/**
 * How many connections a server takes. A process that has no descriptor left can neither accept a socket nor open a
 * file: the listening socket would keep the event loop busy, and no change of a room would be stored.
 */

import type { EventSink } from '../events/server-events.ts';
import type { Clock } from '../system/clock.ts';
import type { Descriptors } from '../system/descriptors.ts';

/** Descriptors that are kept for the files of the store (16 at a time) and for connections to other TARS services. */
const RESERVE = 48;
/** Of all sockets, this share is for HTTP requests and for handshakes that are refused. */
const HTTP_SHARE = 1 / 16;
const MIN_HTTP_SOCKETS = 8;
const MAX_HTTP_SOCKETS = 512;
/** If other TARS services may push into rooms, this share of all sockets is for them. */
const SERVANT_SHARE = 1 / 8;
const MIN_SERVANT_SOCKETS = 8;
const MAX_SERVANT_SOCKETS = 1_024;
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
  /** Connections of other TARS services at a time, besides those sockets. */
  readonly servantSockets: number;
}

/**
 * @param wanted The setting `limits.connections`; 0 is as many as the descriptors allow.
 * @param descriptors Undefined where they cannot be known.
 * @param isServant Whether other TARS services may push into rooms.
 */
export function decideSocketLimits(
  wanted: number,
  descriptors: Descriptors | undefined,
  isServant: boolean,
): SocketLimits {
  const free = descriptors === undefined ? Infinity : descriptors.limit - descriptors.used - RESERVE;
  const servantSockets = isServant
    ? between(MIN_SERVANT_SOCKETS, free * SERVANT_SHARE, MAX_SERVANT_SOCKETS)
    : 0;
  const most = Math.max(MIN_SOCKETS, free - servantSockets);
  const asked = wanted > 0 ? wanted : descriptors === undefined ? DEFAULT_CONNECTIONS : Infinity;
  // With descriptors to spare, a crowd of refused handshakes is answered.
  for (const sockets of [asked + MAX_HTTP_SOCKETS, asked + httpSockets(asked)]) {
    if (sockets <= most) return { connections: asked, sockets, servantSockets };
  }
  return { connections: Math.min(asked, most - httpSockets(most)), sockets: most, servantSockets };
}

/** How many sockets are kept for HTTP among so many. */
function httpSockets(sockets: number): number {
  return between(MIN_HTTP_SOCKETS, sockets * HTTP_SHARE, MAX_HTTP_SOCKETS);
}

function between(least: number, wanted: number, most: number): number {
  return Math.min(most, Math.max(least, Math.floor(wanted)));
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
