/** Tells how many events of a webhook are lost: the first at once, and then at most once in a while. */

import type { EventSink } from '../../events/server-events.ts';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import type { DropReason } from '../../webhooks/outbox/outbox.ts';

const INTERVAL_MS = 10_000;

export class DroppedCount {
  readonly #webhook: string;
  readonly #events: EventSink;
  readonly #clock: Clock;
  readonly #untold = new Map<DropReason, number>();
  #isWaiting = false;
  #total = 0;

  constructor(webhook: string, events: EventSink, clock: Clock) {
    this.#webhook = webhook;
    this.#events = events;
    this.#clock = clock;
  }

  /** Since the server was made. */
  get total(): number {
    return this.#total;
  }

  add(count: number, reason: DropReason): void {
    this.#total += count;
    this.#untold.set(reason, (this.#untold.get(reason) ?? 0) + count);
    if (!this.#isWaiting) this.#tell();
  }

  /** Tells what is not told yet. */
  flush(): void {
    for (const [reason, count] of this.#untold) {
      this.#events.emit('webhook.dropped', { webhook: this.#webhook, count, reason });
    }
    this.#untold.clear();
  }

  #tell(): void {
    this.#isWaiting = this.#untold.size > 0;
    if (!this.#isWaiting) return;
    this.flush();
    startQuietTimer(this.#clock, () => this.#tell(), INTERVAL_MS);
  }
}
