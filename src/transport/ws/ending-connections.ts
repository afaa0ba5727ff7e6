/** The connections that are answered once more and then closed. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { jsonError } from '../common/responses.ts';
import { MAX_HEAD_BYTES, type TransportResponse } from '../common/transport.ts';
import { formatResponse } from './write-response.ts';

/** How long a client may take to read the answer and close. */
const LINGER_MS = 2_000;

/** The answer to bytes that `node:http` cannot read; undefined when the client is gone. */
function refuseBytes({ code, message }: NodeJS.ErrnoException): TransportResponse | undefined {
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'HPE_INVALID_EOF_STATE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return jsonError(431, `the request line and the headers are longer than ${MAX_HEAD_BYTES} bytes`);
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return jsonError(413, 'the chunk extensions are too long');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return jsonError(408, 'the request did not arrive in time');
    case undefined:
    default:
      return jsonError(400, `this is no HTTP request: ${message}`);
  }
}

interface Pending {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

export class EndingConnections {
  readonly #sockets = new Set<Duplex>();
  /** The requests of a connection that are not answered yet, in order. */
  readonly #pending = new WeakMap<Duplex, Pending[]>();
  readonly #failed: (error: unknown) => void;

  /** @param failed Is told of a response that cannot be written. It must not throw. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  noteRequest(req: IncomingMessage, res: ServerResponse): void {
    const { socket } = req;
    const pending = this.#pending.get(socket) ?? [];
    this.#pending.set(socket, pending);
    pending.push({ req, res });
    res.once('close', () =>
      pending.splice(
        pending.findIndex((one) => one.res === res),
        1,
      ),
    );
  }

  /** Runs when the requests that came before are answered. */
  afterAnswers(socket: Duplex, run: () => void): void {
    runAfter(this.#pending.get(socket)?.at(-1), socket, run);
  }

  /** `node:http` cannot read what a client has sent. */
  endBadBytes(error: Error, socket: Duplex): void {
    if (this.#sockets.has(socket)) return;
    const refusal = refuseBytes(error);
    if (refusal === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    const pending = this.#pending.get(socket) ?? [];
    // They may be the body of the last request, which waits for its end.
    const isOfLast = pending.at(-1)?.req.complete === false;
    runAfter(pending.at(isOfLast ? -2 : -1), socket, () => this.end(socket, refusal));
  }

  /** Sends a response and closes the connection. What the client still sends is thrown away, so that it reads the response. */
  end(socket: Duplex, response: TransportResponse, method = 'GET'): void {
    if (this.#sockets.has(socket)) return;
    const bytes = this.#format(response, method);
    if (bytes === undefined) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
    socket.end(bytes);
    socket.resume();
  }

  /** Closes the connection of a response that cannot be written. */
  abandon(res: ServerResponse, error: unknown): void {
    this.#failed(error);
    res.destroy();
  }

  #format(response: TransportResponse, method: string): Buffer | undefined {
    try {
      return formatResponse(response, method);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** Closes all at once. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function runAfter(last: Pending | undefined, socket: Duplex, run: () => void): void {
  if (last === undefined) {
    run();
    return;
  }
  last.res.once('close', () => {
    if (!socket.destroyed) run();
  });
}
