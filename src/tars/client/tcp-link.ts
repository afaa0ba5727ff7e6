/** A link to a servant over TCP, with one connection for each endpoint. Its owner decides when to open it again. */

import { systemClock, type Clock } from '../../system/clock.ts';
import {
  LinkError,
  type CreateServantLink,
  type EndpointAddress,
  type EndpointState,
  type LinkRequest,
  type ServantLink,
} from '../servant-link.ts';
import { DEFAULT_FRAME_BYTES } from '../wire/frame-splitter.ts';
import { parseObject, type Endpoint } from './endpoint.ts';
import { EndpointBreakers } from './endpoint-breaker.ts';
import { LinkSession, type SessionOptions } from './link-session.ts';
import type { LocateOptions, Locator } from './locator.ts';

const DEFAULT_CONNECT_TIMEOUT_MS = 1_000;

export interface TcpLinkOptions {
  /** The longest reply to take, its length included, in bytes. Default 10 MiB. */
  readonly maxFrameBytes?: number;
  /** How long making a connection may take, in milliseconds. Default 1,000. */
  readonly connectTimeoutMs?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Looks up the endpoints of objects given by name alone. Without it they cannot be opened (`registryUnreachable`). */
  readonly locator?: Locator;
}

/**
 * Makes links over TCP.
 *
 * Calls go to the connected endpoints in turn, or by their route key. A lost endpoint is connected again in the
 * background (after 50 ms, later after up to 1 s) while others are connected; when none is, the link is closed.
 *
 * A connection with more than 1 MiB unsent takes no more requests: they go to another endpoint. A request that has no
 * other endpoint, or has a route key, is not sent until `writable`. A connection is dropped when three requests in a row
 * timed out and no byte was received since the first of them was sent. Neither timers nor idle connections keep the
 * process alive.
 *
 * Each endpoint has a circuit breaker. An endpoint whose connection was dropped for silence, or which did not answer five
 * calls in a row, gets no calls for a second; then one call tries it. When that fails too, it waits twice as long, up to
 * 10 seconds. If no endpoint is left, calls are sent all the same: the owner of the link decides what to do.
 *
 * When no endpoint of a registry's answer can be connected, the registry is asked once more.
 *
 * @returns A function that throws a `TypeError` for an object that does not parse; check it with `parseObject` before.
 */
export function createTcpLink(options: TcpLinkOptions = {}): CreateServantLink {
  const given = {
    maxFrameBytes: options.maxFrameBytes ?? DEFAULT_FRAME_BYTES,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    clock: options.clock ?? systemClock,
    locate: (object: string, how?: LocateOptions) => locateWith(options.locator, object, how),
  };
  return (text, listener) => {
    const object = parseObject(text);
    if (!object.ok) throw new TypeError(object.problem);
    return new TcpLink({ ...given, object: object.name, endpoints: object.endpoints, listener });
  };
}

type LinkOptions = Omit<SessionOptions, 'ended' | 'breakers'>;

class TcpLink implements ServantLink {
  readonly #options: LinkOptions;
  #session: LinkSession | undefined;
  #breakers: EndpointBreakers;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#breakers = this.#createBreakers();
  }

  open(): Promise<void> {
    this.#session ??= this.#begin();
    return this.#session.opened;
  }

  send(request: LinkRequest): boolean {
    return this.#session?.send(request) ?? false;
  }

  timedOut(requestId: number): void {
    this.#session?.timedOut(requestId);
  }

  forget(requestId: number): void {
    this.#session?.forget(requestId);
  }

  endpointOf(requestId: number): EndpointAddress | undefined {
    return this.#session?.endpointOf(requestId);
  }

  endpoints(): readonly EndpointState[] {
    return this.#session?.endpoints() ?? [];
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
    this.#breakers.keepOnly([]);
    this.#breakers = this.#createBreakers();
  }

  #createBreakers(): EndpointBreakers {
    const { clock, listener } = this.#options;
    const breakers: EndpointBreakers = new EndpointBreakers(clock, ({ host, port }, circuit) => {
      // A breaker may change within a call of the link.
      process.nextTick(() => {
        if (this.#breakers === breakers) listener.endpoint?.({ host, port }, circuit);
      });
    });
    return breakers;
  }

  #begin(): LinkSession {
    const session: LinkSession = new LinkSession({
      ...this.#options,
      breakers: this.#breakers,
      ended: () => {
        this.#session = undefined;
      },
    });
    return session;
  }
}

async function locateWith(
  locator: Locator | undefined,
  object: string,
  options?: LocateOptions,
): Promise<readonly Endpoint[]> {
  if (locator === undefined) {
    throw new LinkError('registryUnreachable', `no registry is set to ask for the endpoints of ${object}`);
  }
  return locator.locate(object, options);
}
