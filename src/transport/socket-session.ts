/** What stands behind one socket: a client of the rooms, or somebody who watches. The transport knows no more of it. */

import { jsonError } from './responses.ts';
import type { RequestHead, Socket, TransportHandlers, UpgradeOutcome } from './transport.ts';

/** One socket's other end. `opened` is called first and once, `closed` last and once. */
export interface SocketSession {
  opened(socket: Socket): void;
  /** A text frame as a string, or a binary frame as bytes that are valid during the call. */
  received(frame: string | Uint8Array): void;
  /** The send queue got shorter, or something of a publication waits in it. */
  drained(): void;
  /** A frame was lost: the send queue is over its limit. The socket may be closed right here. */
  overflowed(): void;
  closed(code: number, reason: string): void;
}

/** Takes the sockets of some paths. */
export interface SocketEndpoint {
  /** Answers a handshake; `undefined` when the path is not this endpoint's. */
  upgrade(request: RequestHead): UpgradeOutcome<SocketSession> | undefined;
}

/** The transport's handlers for sockets of several endpoints, which are asked in turn. */
export function handleSockets(
  endpoints: readonly SocketEndpoint[],
): Omit<TransportHandlers<SocketSession>, 'request' | 'failed'> {
  return {
    upgrade(request) {
      for (const endpoint of endpoints) {
        const outcome = endpoint.upgrade(request);
        if (outcome !== undefined) return outcome;
      }
      return { accept: false, response: jsonError(404, `no WebSocket is served at ${request.path}`) };
    },
    open: (session, socket) => session.opened(socket),
    message: (session, frame) => session.received(frame),
    drain: (session) => session.drained(),
    overflow: (session) => session.overflowed(),
    close: (session, code, reason) => session.closed(code, reason),
  };
}
