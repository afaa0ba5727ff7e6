/** Measures how long the broker takes to accept a publication. One of several is measured, so that it costs next to nothing. */

import type { Accepted, Broker, PublishOptions } from '../broker/broker.ts';
import { ForwardingBroker } from '../broker/forwarding-broker.ts';
import type { Json } from '../protocol/command.ts';
import type { HistogramCounts } from './values/histogram.ts';

/** One of so many is measured, beginning with the first. */
const ONE_OF = 16;

export class MeasuredBroker extends ForwardingBroker {
  readonly #seconds: HistogramCounts;
  #published = 0;

  constructor(broker: Broker, seconds: HistogramCounts) {
    super(broker);
    this.#seconds = seconds;
  }

  override publish(room: string, data: Json, options: PublishOptions): Accepted | Promise<Accepted> {
    const isMeasured = this.#published % ONE_OF === 0;
    this.#published += 1;
    return isMeasured ? this.#measure(room, data, options) : this.broker.publish(room, data, options);
  }

  #measure(room: string, data: Json, options: PublishOptions): Accepted | Promise<Accepted> {
    const begin = performance.now();
    const accepted = this.broker.publish(room, data, options);
    if (!(accepted instanceof Promise)) {
      this.#note(begin);
      return accepted;
    }
    return accepted.finally(() => this.#note(begin));
  }

  #note(begin: number): void {
    this.#seconds.observe((performance.now() - begin) / 1_000);
  }
}
