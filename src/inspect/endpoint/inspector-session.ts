/** What both kinds of inspector sockets share: their watches, and that batches stop while the client does not read. */

import { CLOSE_CODES } from '../../protocol/close-codes.ts';
import type { SocketSession } from '../../transport/socket-session.ts';
import type { Socket } from '../../transport/common/transport.ts';
import type { Watch } from '../watch/watcher.ts';

/** With more than this in the send queue, no more batches are sent. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export interface SessionListener {
  readonly onOpened: (session: InspectorSession) => void;
  readonly onClosed: (session: InspectorSession) => void;
}

export abstract class InspectorSession implements SocketSession {
  /** By the numbers of their requests. */
  protected readonly watches = new Map<number, Watch>();
  readonly #listener: SessionListener;
  #socket: Socket | undefined;

  constructor(listener: SessionListener) {
    this.#listener = listener;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    this.#listener.onOpened(this);
  }

  abstract received(frame: string | Uint8Array): void;

  drained(): void {
    if (this.hasSpace()) for (const watch of this.watches.values()) watch.drained();
  }

  overflowed(): void {
    this.close(CLOSE_CODES.slow);
  }

  closed(): void {
    for (const watch of this.watches.values()) watch.stop();
    this.watches.clear();
    this.#listener.onClosed(this);
  }

  /** The server is shutting down. */
  shutDown(): void {
    this.close(CLOSE_CODES.shutdown);
  }

  protected send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  protected hasSpace(): boolean {
    return this.#socket !== undefined && this.#socket.bufferedBytes <= MAX_BUFFERED_BYTES;
  }

  protected close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.#socket?.close(code, reason);
  }
}
