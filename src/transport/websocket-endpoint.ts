/** Takes the WebSockets of clients. */

import type { Codec } from '../protocol/codec.ts';
import type { AcceptClient } from './accept-client.ts';
import { isCodec, type CodecChoice } from './choose-codec.ts';
import type { RequestHead } from './common/transport.ts';
import type { SocketEndpoint } from './socket-session.ts';

export interface EndpointOptions {
  /** Which codec a socket speaks. */
  readonly chooseCodec: CodecChoice;
  readonly accept: AcceptClient;
}

export function createEndpoint({ chooseCodec, accept }: EndpointOptions): SocketEndpoint {
  return {
    upgrade(request) {
      const codec = chooseCodec(request);
      if (codec === undefined) return undefined;
      if (!isCodec(codec)) return { accept: false, response: codec };
      const accepted = accept(request, codec);
      if (!accepted.accept) return accepted;
      return { accept: true, session: accepted.session, subprotocol: chooseSubprotocol(codec, request) };
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
