/** Takes the WebSockets of clients, each path with its codec. */

import type { Codec } from '../protocol/codec.ts';
import type { AcceptClient } from './accept-client.ts';
import type { RequestHead } from './common/transport.ts';
import type { SocketEndpoint } from './socket-session.ts';

export interface EndpointOptions {
  /** The codec of each path on which sockets are taken. */
  readonly codecs: ReadonlyMap<string, Codec>;
  readonly accept: AcceptClient;
}

export function createEndpoint({ codecs, accept }: EndpointOptions): SocketEndpoint {
  return {
    upgrade(request) {
      const codec = codecs.get(request.path);
      if (codec === undefined) return undefined;
      const accepted = accept(request, codec);
      return accepted.accept ? { ...accepted, subprotocol: chooseSubprotocol(codec, request) } : accepted;
    },
  };
}

/** The first sub-protocol that the client offers and the codec speaks. One that is not spoken is not accepted. */
function chooseSubprotocol({ subprotocols }: Codec, request: RequestHead): string | undefined {
  const offered = request
    .header('sec-websocket-protocol')
    ?.split(',')
    .map((name) => name.trim());
  return offered?.find((name) => subprotocols.includes(name));
}
