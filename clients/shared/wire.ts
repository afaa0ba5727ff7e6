/** The socket under a client: opens, carries text frames, and is dropped. It knows no protocol. */

/** How a connection ended: a WebSocket close code and its reason. */
export interface Closure {
  readonly code: number;
  readonly reason: string;
}

/** What a socket tells its owner, until it is dropped. */
export interface WireHandlers {
  opened(): void;
  received(frame: string): void;
  closed(closure: Closure): void;
}

export interface Wire {
  send(frame: string): void;
  /** Closes the socket; from now on its handlers are silent, however long the network takes. */
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
      // A dead network keeps a closing socket for minutes, and its late `close` would hit its successor.
      dropped = true;
      socket.close(NORMAL_CLOSURE);
    },
  };
}

const NORMAL_CLOSURE = 1000;
