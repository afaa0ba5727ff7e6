/** The server's object for one socket: a client of the rooms, or a watcher (the inspector). */

import { jsonError } from './common/responses.ts';
import type {
  RequestHead,
  Socket,
  TransportHandlers,
  UpgradeOutcome,
  WaitingBytes,
} from './common/transport.ts';

/** The server's object for one socket. `opened` is called once and first, `closed` once and last. */
export interface SocketSession {
  opened(socket: Socket): void;
  /** A text frame is a string; a binary frame is bytes, which are valid during the call only. */
  received(frame: string | Uint8Array): void;
  /** The send queue became shorter, or a regular check found that it is not empty. */
  drained(): void;
  /** A frame was dropped because the send queue is over its limit. This may close the socket. */
  overflowed(): void;
  /** Too much waits for all clients, and most of it for this one, which is dropped. */
  evicted?(waiting: WaitingBytes): void;
  closed(code: number, reason: string): void;
}

/** Accepts the sockets of some paths. */
export interface SocketEndpoint {
  /** Answers a handshake. Returns `undefined` if the path is not one of this endpoint. */
  upgrade(request: RequestHead): UpgradeOutcome<SocketSession> | undefined;
}

/** Counts what comes from sockets. */
export interface FrameTally {
  received(frame: string | Uint8Array): void;
}

/** The transport's handlers for sockets. The first endpoint that answers a handshake gets the socket. */
export function handleSockets(
  endpoints: readonly SocketEndpoint[],
  tally?: FrameTally,
): Omit<TransportHandlers<SocketSession>, 'request' | 'failed' | 'crowded'> {
  return {
    upgrade(request) {
      for (const endpoint of endpoints) {
        const outcome = endpoint.upgrade(request);
        if (outcome !== undefined) return outcome;
      }
      return { accept: false, response: jsonError(404, `no WebSocket is served at ${request.path}`) };
    },
    open: (session, socket) => session.opened(socket),
    message:
      tally === undefined
        ? (session, frame) => session.received(frame)
        : (session, frame) => {
            tally.received(frame);
            session.received(frame);
          },
    drain: (session) => session.drained(),
    overflow: (session) => session.overflowed(),
    evict: (session, waiting) => session.evicted?.(waiting),
    close: (session, code, reason) => session.closed(code, reason),
  };
}
