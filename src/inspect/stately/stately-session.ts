/** The socket of one Stately inspector. It receives what its address asked for, and sends nothing. */

import { CLOSE_CODES } from '../../protocol/close-codes.ts';
import type { Socket } from '../../transport/common/transport.ts';
import type { FeedAnswers } from '../endpoint/feed-answers.ts';
import { InspectorSession, type SessionListener } from '../endpoint/inspector-session.ts';
import type { ActorAddress } from '../feed/feed-protocol.ts';
import type { StatelyMessage } from './stately-protocol.ts';
import { StatelyTranslator } from './stately-translator.ts';

/** What is watched. */
export interface StatelyView {
  readonly target: ActorAddress;
  /** With its memberships and the other actors that belong to it. */
  readonly related: boolean;
}

export interface StatelySessionInput extends SessionListener {
  readonly views: readonly StatelyView[];
  readonly answers: Pick<FeedAnswers, 'watch' | 'chart'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called with errors, which are bugs. Each closes a socket. */
  readonly onError: (error: unknown) => void;
}

export class StatelySession extends InspectorSession {
  readonly #input: StatelySessionInput;

  constructor(input: StatelySessionInput) {
    super(input);
    this.#input = input;
  }

  override opened(socket: Socket): void {
    super.opened(socket);
    try {
      for (const view of this.#input.views) this.#watch(view);
    } catch (error) {
      this.#input.onError(error);
      this.close(CLOSE_CODES.internal);
    }
  }

  /** Stately's inspectors ask for nothing; what comes from them is ignored. */
  received(): void {}

  #watch({ target, related }: StatelyView): void {
    const { answers, now } = this.#input;
    const translator = new StatelyTranslator({ target, now, chartOf: (machine) => answers.chart(machine) });
    const watch = answers.watch(target, related, {
      send: (batch) => {
        this.#send(translator.translate(batch));
        return this.hasSpace();
      },
      failed: () => this.close(CLOSE_CODES.internal),
    });
    // The target has ended since the handshake.
    if (watch === 'unknown') return;
    this.watches.set(this.watches.size, watch);
    this.#send(translator.begin(watch.actors()));
  }

  #send(messages: readonly StatelyMessage[]): void {
    for (const message of messages) this.send(message);
  }
}
