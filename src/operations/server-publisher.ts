/** The publisher of what the server itself says: it keeps the outcome for the answer. */

import type { PublishOutcome, Publisher } from '../actors/room/ports.ts';
import type { OutsideSender } from '../actors/runtime/sender.ts';

/** Mostly the outcome is known before the publishing returns, and no promise is needed. */
export class ServerPublisher implements Publisher {
  readonly sender: OutsideSender;
  readonly options: Publisher['options'];
  outcome: PublishOutcome | undefined;
  #resolve: ((outcome: PublishOutcome) => void) | undefined;

  constructor(sender: OutsideSender, options?: Publisher['options']) {
    this.sender = sender;
    this.options = options;
  }

  settle(outcome: PublishOutcome): void {
    this.outcome = outcome;
    this.#resolve?.(outcome);
  }

  /** Only to be called while there is no outcome. */
  untilTold(): Promise<PublishOutcome> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
