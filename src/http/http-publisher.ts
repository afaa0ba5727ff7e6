/** The publisher of a message that comes by HTTP: it keeps the outcome for the answer. */

import type { PublishOutcome, Publisher } from '../actors/room/ports.ts';

/** Mostly the outcome is known before the publishing returns, and no promise is needed. */
export class HttpPublisher implements Publisher {
  readonly sender = 'http';
  readonly options: Publisher['options'];
  outcome: PublishOutcome | undefined;
  #resolve: ((outcome: PublishOutcome) => void) | undefined;

  constructor(options?: Publisher['options']) {
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
