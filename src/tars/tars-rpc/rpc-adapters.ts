/** What the endpoints of an object of `@tars/rpc` tell of themselves. */

import { hashText } from '../client/choose-node.ts';
import { formatEndpoint } from '../client/endpoint.ts';
import type { EndpointAddress } from '../servant-link.ts';
import type { RpcAdapter } from './rpc-internals.ts';

/** A connection with more unsent bytes than this takes no further requests. */
const MAX_UNSENT_BYTES = 1024 * 1024;

export function toAddress({ _endpoint: { sHost, iPort } }: RpcAdapter): EndpointAddress {
  return { host: sHost, port: iPort };
}

export function withSeed(adapter: RpcAdapter): { readonly seed: number; readonly adapter: RpcAdapter } {
  return { seed: hashText(formatEndpoint(toAddress(adapter))), adapter };
}

/** `@tars/rpc` goes on writing to a peer that does not read. */
export function hasRoom({ _vTrans: transceivers }: RpcAdapter): boolean {
  return transceivers.some(({ _socket: socket }) => (socket?.writableLength ?? 0) <= MAX_UNSENT_BYTES);
}

export function isConnected({ _vTrans: transceivers }: RpcAdapter): boolean {
  return transceivers.some((transceiver) => transceiver.hasConnected());
}

export function isConnecting({ _vTrans: transceivers }: RpcAdapter): boolean {
  return transceivers.some((transceiver) => transceiver.isConnecting());
}

export function isAlive(adapter: RpcAdapter): boolean {
  return isConnected(adapter) || isConnecting(adapter);
}
