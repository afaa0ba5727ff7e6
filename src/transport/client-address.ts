/**
 * The address of a client behind proxies. A proxy appends the address of who asks it to `X-Forwarded-For`; everything to the
 * left of that is what the client says, and nobody has to believe it.
 */

import { createAddressCheck, readAddress } from '../system/addresses.ts';
import type { RequestHead, TransportHandlers, TransportRequest } from './common/transport.ts';

const FORWARDED = 'x-forwarded-for';

/** With more addresses than that, the rest to the left is not read. */
const MAX_PROXIES = 32;

/** Finds the address of the client that sent a request. */
export type FindClientAddress = (request: RequestHead) => string;

/** @param trusted Addresses, networks, and the words `loopback` and `private`: what these proxies say is believed. */
export function createClientAddress(trusted: readonly string[]): FindClientAddress {
  const isTrusted = createAddressCheck(trusted);
  return (request) => {
    let address = request.remoteAddress;
    if (!isTrusted(address)) return address;
    const hops = request.headerLines(FORWARDED).join(',').split(',').slice(-MAX_PROXIES);
    // From the last proxy to the client: the first that is no proxy of ours is the client.
    for (const hop of hops.toReversed()) {
      const told = readAddress(withoutPort(hop.trim()));
      if (told === undefined) return address;
      address = told;
      if (!isTrusted(address)) return address;
    }
    return address;
  };
}

/** Some proxies write `192.0.2.1:1234` and `[2001:db8::1]:1234`. */
function withoutPort(hop: string): string {
  return /^\[(?<inner>[^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(hop)?.[1] ?? hop;
}

/** Has all that answers requests see the addresses of clients in place of those of proxies. */
export function withClientAddresses<Session>(
  handlers: TransportHandlers<Session>,
  trusted: readonly string[],
): TransportHandlers<Session> {
  if (trusted.length === 0) return handlers;
  const find = createClientAddress(trusted);
  return {
    ...handlers,
    upgrade: (request) => handlers.upgrade(new ProxiedRequest(request, find)),
    request: (request) => handlers.request(new ProxiedExchange(request, find)),
  };
}

/** A request of which the address is another one. */
class ProxiedRequest<Request extends RequestHead> implements RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  protected readonly request: Request;

  constructor(request: Request, find: FindClientAddress) {
    this.method = request.method;
    this.path = request.path;
    this.query = request.query;
    this.remoteAddress = find(request);
    this.request = request;
  }

  header(name: string): string | undefined {
    return this.request.header(name);
  }

  headers(): Readonly<Record<string, string>> {
    return this.request.headers();
  }

  headerLines(name: string): readonly string[] {
    return this.request.headerLines(name);
  }
}

class ProxiedExchange extends ProxiedRequest<TransportRequest> implements TransportRequest {
  body(maxBytes: number): Promise<Uint8Array> {
    return this.request.body(maxBytes);
  }
}
