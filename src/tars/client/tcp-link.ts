/** A link to a servant over TCP, one connection an endpoint. When to open it again is its owner's affair. */

import { systemClock, type Clock } from '../../system/clock.ts';
import { LinkError, type CreateServantLink, type LinkRequest, type ServantLink } from '../servant-link.ts';
import { DEFAULT_FRAME_BYTES } from '../wire/frame-splitter.ts';
import { parseObject, type Endpoint } from './endpoint.ts';
import { LinkSession, type SessionOptions } from './link-session.ts';
import type { Locator } from './locator.ts';

const DEFAULT_CONNECT_TIMEOUT_MS = 1_000;

export interface TcpLinkOptions {
  /** The longest reply to take, its length included, in bytes. Default 10 MiB. */
  readonly maxFrameBytes?: number;
  /** How long making a connection may take, in milliseconds. Default 1,000. */
  readonly connectTimeoutMs?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Asked for the endpoints of objects that name none; default: such objects cannot be opened (`registryUnreachable`). */
  readonly locator?: Locator;
}

/**
 * Makes links over TCP.
 *
 * Calls go to the connected endpoints in turn, or by their route key. An endpoint that is lost is dialled again in the
 * background (50 ms later, then up to 1 s) while others are connected; when none is, the link is closed. A connection
 * with more than 1 MiB unsent takes no more requests: they go to another endpoint, and a request that has no other
 * (those with a route key never have) is not sent until `writable`. A connection on which three requests in a row
 * timed out, with no byte read since the first of them was sent, is dropped. Neither timers nor idle connections keep
 * the process alive.
 *
 * @returns A function that throws a `TypeError` for an object that does not parse; `parseObject` tells beforehand.
 */
export function createTcpLink(options: TcpLinkOptions = {}): CreateServantLink {
  const given = {
    maxFrameBytes: options.maxFrameBytes ?? DEFAULT_FRAME_BYTES,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    clock: options.clock ?? systemClock,
    locate: (object: string) => locateWith(options.locator, object),
  };
  return (text, listener) => {
    const object = parseObject(text);
    if (!object.ok) throw new TypeError(object.problem);
    return new TcpLink({ ...given, object: object.name, endpoints: object.endpoints, listener });
  };
}

class TcpLink implements ServantLink {
  readonly #options: Omit<SessionOptions, 'ended'>;
  #session: LinkSession | undefined;

  constructor(options: Omit<SessionOptions, 'ended'>) {
    this.#options = options;
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

  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  #begin(): LinkSession {
    const session: LinkSession = new LinkSession({
      ...this.#options,
      ended: () => {
        this.#session = undefined;
      },
    });
    return session;
  }
}

async function locateWith(locator: Locator | undefined, object: string): Promise<readonly Endpoint[]> {
  if (locator === undefined) {
    throw new LinkError('registryUnreachable', `no registry is set to ask for the endpoints of ${object}`);
  }
  return locator.locate(object);
}
