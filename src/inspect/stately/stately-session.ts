/** One open inspector of Stately: it is told of what it wanted to see, asks nothing, and is not waited for. */

import { CLOSE_CODES } from '../../protocol/close-codes.ts';
import type { SocketSession } from '../../transport/socket-session.ts';
import type { Socket } from '../../transport/transport.ts';
import type { FeedAnswers, FeedWatch } from '../endpoint/feed-answers.ts';
import type { ActorAddress } from '../feed/feed-protocol.ts';
import type { StatelyMessage } from './stately-protocol.ts';
import { StatelyTranslator } from './stately-translator.ts';

/** With more than this in the send queue nothing that happens is sent any more. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** What is watched. */
export interface StatelyView {
  readonly target: ActorAddress;
  /** With its memberships and whatever else belongs to it. */
  readonly related: boolean;
}

export interface StatelySessionInput {
  readonly views: readonly StatelyView[];
  readonly answers: Pick<FeedAnswers, 'watch' | 'chart'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of bugs, each of which costs a socket. */
  readonly onError: (error: unknown) => void;
  readonly onOpened: (session: StatelySession) => void;
  readonly onClosed: (session: StatelySession) => void;
}

export class StatelySession implements SocketSession {
  readonly #input: StatelySessionInput;
  readonly #watches: FeedWatch[] = [];
  #socket: Socket | undefined;

  constructor(input: StatelySessionInput) {
    this.#input = input;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    this.#input.onOpened(this);
    try {
      for (const view of this.#input.views) this.#watch(view);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Stately's inspectors say nothing; whatever comes is nothing to us. */
  received(): void {}

  drained(): void {
    if (this.#hasSpace()) for (const watch of this.#watches) watch.drained();
  }

  overflowed(): void {
    this.#close(CLOSE_CODES.slow);
  }

  closed(): void {
    for (const watch of this.#watches.splice(0)) watch.stop();
    this.#input.onClosed(this);
  }

  /** The server is shutting down. */
  shutDown(): void {
    this.#close(CLOSE_CODES.shutdown);
  }

  #watch({ target, related }: StatelyView): void {
    const { answers, now } = this.#input;
    const translator = new StatelyTranslator({ target, now, chartOf: (machine) => answers.chart(machine) });
    const watch = answers.watch(target, related, {
      send: (batch) => {
        this.#send(translator.translate(batch));
        return this.#hasSpace();
      },
      failed: () => this.#close(CLOSE_CODES.internal),
    });
    // It has gone since the handshake.
    if (watch === 'unknown') return;
    this.#watches.push(watch);
    this.#send(translator.begin(watch.actors()));
  }

  #fail(error: unknown): void {
    this.#input.onError(error);
    this.#close(CLOSE_CODES.internal);
  }

  #send(messages: readonly StatelyMessage[]): void {
    for (const message of messages) this.#socket?.send(JSON.stringify(message));
  }

  #hasSpace(): boolean {
    return this.#socket !== undefined && this.#socket.bufferedBytes <= MAX_BUFFERED_BYTES;
  }

  #close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.#socket?.close(code, reason);
  }
}
