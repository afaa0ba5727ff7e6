/** What a client of `statecast bench` sends and reads, on each protocol. It knows no sockets. */

export type ProtocolName = 'line' | 'centrifuge';

/** What a frame says to the client. */
export type Heard =
  | { readonly type: 'message'; readonly text: string }
  /** The client may send commands. */
  | { readonly type: 'connected' }
  | { readonly type: 'joined' }
  /** A message was taken by the server. */
  | { readonly type: 'taken' }
  | { readonly type: 'refused'; readonly why: string }
  /** It is to be answered with this frame. */
  | { readonly type: 'ping'; readonly answer: string };

export interface Dialect {
  readonly path: string;
  readonly takesTokenInQuery: boolean;
  /** The first frame of a client; without one it is connected when the socket is open. */
  readonly hello: ((token: string | undefined) => string) | undefined;
  readonly join: (room: string) => string;
  readonly say: (room: string, text: string) => string;
  /** Calls back for all that a frame says to the client. */
  readonly read: (frame: string, heard: (what: Heard) => void) => void;
}

const JOINED: Heard = { type: 'joined' };
const TAKEN: Heard = { type: 'taken' };
const CONNECTED: Heard = { type: 'connected' };
const PING: Heard = { type: 'ping', answer: '{}' };

const line: Dialect = {
  path: '/',
  takesTokenInQuery: true,
  hello: undefined,
  join: (room) => `subscribe|${room}`,
  say: (roomNum, message) => `sendByRoom|${JSON.stringify({ roomNum, message })}`,
  read(frame, heard) {
    if (frame === 'SendByRoom success!') heard(TAKEN);
    else if (frame.startsWith('Subscribe roomNum:')) heard(JOINED);
    else if (frame.startsWith('Error: ')) heard({ type: 'refused', why: frame.slice('Error: '.length) });
    else heard({ type: 'message', text: frame });
  },
};

const CONNECT_ID = 1;
const JOIN_ID = 2;
const SAY_ID = 3;

/** A reply or a push. */
interface CentrifugeLine {
  readonly id?: number;
  readonly error?: { readonly code?: number; readonly message?: string };
  readonly push?: { readonly pub?: { readonly data?: unknown } };
}

const centrifuge: Dialect = {
  path: '/connection/websocket',
  takesTokenInQuery: false,
  hello: (token) => JSON.stringify({ id: CONNECT_ID, connect: { token } }),
  join: (channel) => JSON.stringify({ id: JOIN_ID, subscribe: { channel } }),
  say: (channel, data) => JSON.stringify({ id: SAY_ID, publish: { channel, data } }),
  read(frame, heard) {
    for (const text of frame.split('\n')) {
      if (text !== '') heard(readLine(JSON.parse(text) as CentrifugeLine));
    }
  },
};

function readLine({ id, error, push }: CentrifugeLine): Heard {
  if (error !== undefined)
    return { type: 'refused', why: `${error.message ?? 'error'} (${error.code ?? 0})` };
  switch (id) {
    case undefined: {
      if (push === undefined) return PING;
      const data = push.pub?.data;
      return { type: 'message', text: typeof data === 'string' ? data : '' };
    }
    case CONNECT_ID:
      return CONNECTED;
    case JOIN_ID:
      return JOINED;
    default:
      return TAKEN;
  }
}

export const DIALECTS: Readonly<Record<ProtocolName, Dialect>> = { line, centrifuge };
