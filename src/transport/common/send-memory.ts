/**
 * Bounds what waits for all clients together. Each send queue has a limit of its own, and thousands of them may be full; then
 * those with the longest queues are dropped, so that the others stay.
 */

import type { WaitingBytes } from './transport.ts';

/** How often queues are measured while there are any, in milliseconds. */
const LOOK_MS = 100;

/** A socket or a streamed response, as long as it keeps anything. */
export interface SendQueue {
  /** What waits, also when it is closed already. */
  readonly heldBytes: number;
  /** Drops the connection and what waits. */
  evict(waiting: WaitingBytes): void;
}

export class SendMemory {
  readonly #limitBytes: number;
  /** Those of which something waited when they were last looked at. */
  readonly #queues = new Set<SendQueue>();
  #timer: NodeJS.Timeout | undefined;

  /** @param limitBytes 0: any number. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get isBounded(): boolean {
    return this.#limitBytes > 0;
  }

  /** Something waits in a queue. */
  add(queue: SendQueue): void {
    if (!this.isBounded) return;
    this.#queues.add(queue);
    this.#timer ??= setTimeout(() => this.look(), LOOK_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queues.clear();
  }

  /** Measures the queues of which something waits, and drops the longest if that is too much. */
  look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = this.#measure();
    if (all > this.#limitBytes) this.#evict(all);
    if (this.#queues.size > 0) this.#timer = setTimeout(() => this.look(), LOOK_MS).unref();
  }

  #measure(): number {
    let all = 0;
    for (const queue of this.#queues) {
      const { heldBytes } = queue;
      all += heldBytes;
      if (heldBytes === 0) this.#queues.delete(queue);
    }
    return all;
  }

  #evict(all: number): void {
    let left = all;
    const measured = [...this.#queues].map((queue) => ({ queue, own: queue.heldBytes }));
    for (const { queue, own } of measured.toSorted((one, other) => other.own - one.own)) {
      if (left <= this.#limitBytes) return;
      this.#queues.delete(queue);
      queue.evict({ own, all: left });
      left -= own;
    }
  }
}
