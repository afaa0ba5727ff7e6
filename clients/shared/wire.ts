/** The socket of a client: opens, carries text frames, and is dropped. It is independent of the protocol. */

/** How a connection ended: a WebSocket close code and its reason. */
export interface Closure {
  readonly code: number;
  readonly reason: string;
}

/** Called by a socket until it is dropped. */
export interface WireHandlers {
  opened(): void;
  received(frame: string): void;
  closed(closure: Closure): void;
}

export interface Wire {
  send(frame: string): void;
  /** Closes the socket; from now on no handler is called, also when the network closes it late. */
  drop(): void;
}

/** Opens a socket to a URL. */
export type OpenWire = (url: string, handlers: WireHandlers) => Wire;

/** Opens a WebSocket; `Constructor` is the browser's own unless a test gives another. */
export function openWebSocket(
  url: string,
  handlers: WireHandlers,
  Constructor: new (url: string) => WebSocket = WebSocket,
): Wire {
  const socket = new Constructor(url);
  let dropped = false;
  socket.addEventListener('open', () => {
    if (!dropped) handlers.opened();
  });
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!dropped && typeof data === 'string') handlers.received(data);
  });
  socket.addEventListener('close', ({ code, reason }) => {
    if (!dropped) handlers.closed({ code, reason });
  });
  return {
    send: (frame) => socket.send(frame),
    drop() {
      // On a dead network a socket takes minutes to close, and its late `close` would be taken for the next socket's.
      dropped = true;
      socket.close(NORMAL_CLOSURE);
    },
  };
}

const NORMAL_CLOSURE = 1000;
