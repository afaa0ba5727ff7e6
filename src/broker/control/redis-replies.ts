/** What one node waits for from others in Redis: each is expected to reply once, and no longer than a deadline. */

import { startQuietTimer, type Clock } from '../../system/clock.ts';

/** How a wait has ended. */
export interface Replies<Value> {
  readonly values: readonly Value[];
  /** Nodes that have not replied in time. */
  readonly silent: readonly string[];
}

export class ReplyTable<Value> {
  readonly #clock: Clock;
  readonly #waits = new Map<number, Wait<Value>>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Asks other nodes, and waits for their replies.
   * @param ask Gets the number of the question; resolves to the nodes that are to reply.
   * @throws what `ask` throws, and when it is not done at the deadline.
   */
  async collect(
    deadlineMs: number,
    ask: (number: number) => Promise<readonly string[]>,
  ): Promise<Replies<Value>> {
    this.#count += 1;
    const number = this.#count;
    const wait = new Wait<Value>();
    this.#waits.set(number, wait);
    const timer = startQuietTimer(this.#clock, () => wait.end(), deadlineMs);
    try {
      ask(number).then(
        (nodes) => wait.expect(nodes),
        (error: unknown) => wait.fail(error),
      );
      return await wait.ended;
    } finally {
      this.#clock.clearTimeout(timer);
      this.#waits.delete(number);
    }
  }

  /** Takes the reply of a node; one that comes too late, or again, is ignored. Without a value it has none. */
  take(number: number, node: string, ...value: readonly Value[]): void {
    this.#waits.get(number)?.take(node, value);
  }

  /** Whether replies are waited for. */
  has(number: number): boolean {
    return this.#waits.has(number);
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const wait of this.#waits.values()) wait.end();
  }
}

class Wait<Value> {
  readonly ended: Promise<Replies<Value>>;
  readonly #replies = new Map<string, readonly Value[]>();
  #resolve: (replies: Replies<Value>) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #nodes: readonly string[] | undefined;

  constructor() {
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  expect(nodes: readonly string[]): void {
    this.#nodes = nodes;
    this.#endIfWhole();
  }

  take(node: string, values: readonly Value[]): void {
    if (this.#replies.has(node)) return;
    this.#replies.set(node, values);
    this.#endIfWhole();
  }

  fail(error: unknown): void {
    this.#reject(error);
  }

  end(): void {
    if (this.#nodes === undefined) this.#reject(new Error('Redis does not answer in time'));
    else this.#settle(this.#nodes);
  }

  #endIfWhole(): void {
    if (this.#nodes?.every((node) => this.#replies.has(node)) === true) this.#settle(this.#nodes);
  }

  #settle(nodes: readonly string[]): void {
    this.#resolve({
      values: [...this.#replies.values()].flat(),
      silent: nodes.filter((node) => !this.#replies.has(node)),
    });
  }
}
