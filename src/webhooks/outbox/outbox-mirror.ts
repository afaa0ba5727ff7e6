/**
 * Writes to Redis what happens to the events of one outbox, in order and one call a burst. What could not be written is
 * written when Redis is back: all that is in memory then, since Redis may have lost what it had.
 */

import { startQuietTimer, type Clock } from '../../system/clock.ts';
import type { Redis } from '../../redis/redis.ts';
import type { OutboxTrouble } from './outbox.ts';
import { WRITE } from './redis-outbox-scripts.ts';

/** Events with neighbouring scores. */
export interface OutboxRun {
  /** The score of the first one. */
  readonly from: number;
  readonly texts: readonly string[];
}

export interface OutboxMirrorInput {
  readonly redis: Redis;
  readonly node: string;
  /** The nodes with an outbox, and the outbox. */
  readonly keys: readonly [string, string];
  readonly clock: Clock;
  /** All that is in memory, in order. */
  readonly content: () => readonly OutboxRun[];
  /** Told once when Redis does not take what is written. */
  readonly onTrouble: (trouble: OutboxTrouble) => void;
}

/** How long after a failure it is tried again, in milliseconds, if the connection is not made anew before. */
const RETRY_MS = 1_000;
/** How many events are written with one call. */
const EVENTS_A_CALL = 1_000;

interface Waiter {
  readonly change: number;
  /** Whether it waits only as long as Redis takes what is written. */
  readonly isImpatient: boolean;
  readonly resolve: () => void;
}

export class OutboxMirror {
  readonly #input: OutboxMirrorInput;
  /** The score of the next event. */
  #next = 1;
  /** Events that are not sent yet; the last one has the score before `#next`. */
  #adds: string[] = [];
  /** First and last scores of what is to be removed, in turn. */
  #removes: number[] = [];
  /** How many changes there were, and how many of them are written. */
  #changes = 0;
  #written = 0;
  #waiters: Waiter[] = [];
  #isScheduled = false;
  #state: 'working' | 'failing' | 'closed' = 'working';
  #underWay = 0;
  #isTold = false;
  #stopListening: (() => void) | undefined;
  #timer: unknown;

  constructor(input: OutboxMirrorInput) {
    this.#input = input;
  }

  /** Says that this node has an outbox, so that others look after it when the node has ended. */
  start(): void {
    const { redis, keys } = this.#input;
    this.#stopListening = redis.onRestored((restored) => {
      if (restored.affects(keys[1])) void this.#recover();
    });
    void this.#write(NO_EVENTS, []);
  }

  /** An event gets its score, one more than that of the last. */
  add(text: string): void {
    this.#next += 1;
    this.#changes += 1;
    if (this.#state !== 'working') return;
    this.#adds.push(text);
    this.#schedule();
  }

  /** Removes events with neighbouring scores. */
  remove(from: number, count: number): void {
    const last = from + count - 1;
    this.#changes += 1;
    if (this.#removes.at(-1) === from - 1) this.#removes[this.#removes.length - 1] = last;
    else this.#removes.push(from, last);
    this.#schedule();
  }

  /** Resolves when all that was added and removed is written. */
  written(): Promise<void> {
    return this.#wait(false);
  }

  /** The same, or when Redis turns out not to take it. */
  settled(): Promise<void> {
    return this.#wait(true);
  }

  /** How many changes are not written. */
  get unwritten(): number {
    return this.#changes - this.#written;
  }

  close(): void {
    this.#state = 'closed';
    this.#releaseImpatient();
    this.#stopListening?.();
    this.#input.clock.clearTimeout(this.#timer);
  }

  #wait(isImpatient: boolean): Promise<void> {
    const isVain = this.#isTold || this.#state === 'closed';
    if (this.unwritten === 0 || (isImpatient && isVain)) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ change: this.#changes, isImpatient, resolve }));
  }

  #schedule(): void {
    if (this.#isScheduled || this.#state !== 'working') return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (this.#state === 'working') this.#flush();
    });
  }

  #flush(): void {
    const adds = this.#adds;
    this.#adds = [];
    this.#writeAll([{ from: this.#next - adds.length, texts: adds }]);
  }

  /** Sends runs of events, and with the last of them what is removed: an event may be both. */
  #writeAll(runs: readonly OutboxRun[]): void {
    const calls = runs.flatMap(({ from, texts }) =>
      Array.from({ length: Math.ceil(texts.length / EVENTS_A_CALL) }, (_, index) => {
        const start = index * EVENTS_A_CALL;
        return { from: from + start, texts: texts.slice(start, start + EVENTS_A_CALL) };
      }),
    );
    const last = calls.pop() ?? NO_EVENTS;
    for (const call of calls) void this.#write(call, []);
    void this.#write(last, this.#removes.splice(0), this.#changes);
  }

  /** @param changes how many changes are written when this is */
  async #write({ from, texts }: OutboxRun, removes: readonly number[], changes?: number): Promise<boolean> {
    const { redis, node, keys } = this.#input;
    this.#underWay += 1;
    try {
      await redis.run(WRITE, keys, [
        node,
        String(from),
        String(texts.length),
        ...texts,
        ...removes.map(String),
      ]);
      if (this.#state === 'working' && changes !== undefined) this.#confirm(changes);
      return true;
    } catch (error) {
      this.#removes.unshift(...removes);
      this.#fail(error);
      return false;
    } finally {
      this.#underWay -= 1;
    }
  }

  #confirm(changes: number): void {
    this.#written = changes;
    while (this.#waiters.length > 0 && this.#waiters[0]!.change <= changes) this.#waiters.shift()!.resolve();
  }

  #fail(error: unknown): void {
    if (this.#state === 'closed') return;
    this.#stopWriting();
    if (!this.#isTold) this.#input.onTrouble({ error });
    this.#isTold = true;
    this.#releaseImpatient();
    this.#retryLater();
  }

  #releaseImpatient(): void {
    for (const { isImpatient, resolve } of this.#waiters) if (isImpatient) resolve();
    this.#waiters = this.#waiters.filter(({ isImpatient }) => !isImpatient);
  }

  #stopWriting(): void {
    this.#state = 'failing';
    this.#adds = [];
  }

  #retryLater(): void {
    const { clock } = this.#input;
    clock.clearTimeout(this.#timer);
    this.#timer = startQuietTimer(clock, () => void this.#recover(), RETRY_MS);
  }

  /** Writes all that is in memory, once Redis has taken a call that writes nothing new. */
  async #recover(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#stopWriting();
    // What is on its way may still be refused.
    if (this.#underWay > 0) {
      this.#retryLater();
      return;
    }
    if (!(await this.#write(NO_EVENTS, this.#removes.splice(0)))) return;
    if (this.#state !== 'failing') return;
    this.#input.clock.clearTimeout(this.#timer);
    this.#state = 'working';
    this.#isTold = false;
    this.#writeAll(this.#input.content());
  }
}

const NO_EVENTS: OutboxRun = { from: 0, texts: [] };
