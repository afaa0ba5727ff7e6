/** Runs the load of `statecast bench`: connects, speaks at a steady rate, and measures what arrives. */

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { BenchClient, type BenchListener } from './bench-client.ts';
import { Histogram } from './histogram.ts';
import type { BenchPlan } from './plan.ts';
import { raiseCount } from '../../system/raise-count.ts';

export interface LoadInput {
  readonly plan: BenchPlan;
  /** Ends the run early; what was measured until then is the result. */
  readonly signal: AbortSignal;
  /** Told from time to time how much of a phase is done, from 0 to 1. */
  readonly progress: (phase: 'connecting' | 'measuring', share: number) => void;
}

export interface LoadResult {
  /** How many connections joined their rooms. */
  readonly connected: number;
  /** In microseconds: from the start of a connection until it was in its room. */
  readonly connecting: Histogram;
  readonly sent: number;
  /** How long messages were sent, in milliseconds. */
  readonly sendingMs: number;
  readonly delivered: number;
  /** Deliveries that should have come and did not. */
  readonly lost: number;
  /** In microseconds: from when a message was due until a client had it. */
  readonly latency: Histogram;
  /** How often what went wrong. */
  readonly errors: ReadonlyMap<string, number>;
  readonly wasStopped: boolean;
}

const CONNECTING_AT_ONCE = 100;
const TICK_MS = 5;
/** After the last message, deliveries are waited for as long as some come in this time. */
const SETTLE_MS = 1000;
const MAX_REASONS = 20;

export async function runLoad({ plan, signal, progress }: LoadInput): Promise<LoadResult> {
  const run = new Run(plan);
  try {
    await run.connect(signal, (share) => progress('connecting', share));
    if (run.connected > 0 && !signal.aborted) {
      await run.speak(signal, (share) => progress('measuring', share));
      await run.settle(signal);
    }
    return run.result(signal.aborted);
  } finally {
    await run.close();
  }
}

class Run implements BenchListener {
  readonly #plan: BenchPlan;
  /** Every message of this run starts with it. */
  readonly #mark = randomBytes(4).toString('hex');
  readonly #clients: BenchClient[] = [];
  readonly #crowds = new Map<string, BenchClient[]>();
  readonly #connecting = new Histogram();
  readonly #latency = new Histogram();
  readonly #errors = new Map<string, number>();
  readonly #start = performance.now();
  #sent = 0;
  #sendingMs = 0;
  #expected = 0;
  #delivered = 0;

  constructor(plan: BenchPlan) {
    this.#plan = plan;
  }

  get connected(): number {
    return this.#connecting.count;
  }

  async connect(signal: AbortSignal, progress: (share: number) => void): Promise<void> {
    const { connections, rooms, roomPrefix } = this.#plan;
    let begun = 0;
    let done = 0;
    const connectSome = async (): Promise<void> => {
      while (begun < connections && !signal.aborted) {
        const room = `${roomPrefix}${this.#mark}-${begun % rooms}`;
        begun += 1;
        await this.#open(room, signal);
        done += 1;
        progress(done / connections);
      }
    };
    // Who has no answer yet does not wait for it.
    const stop = (): void => void this.close();
    signal.addEventListener('abort', stop, { once: true });
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectSome));
    signal.removeEventListener('abort', stop);
  }

  async #open(room: string, signal: AbortSignal): Promise<void> {
    const from = performance.now();
    const client = new BenchClient(this.#plan, room, this);
    this.#clients.push(client);
    try {
      await client.open();
    } catch (error) {
      if (!signal.aborted) this.failed((error as Error).message);
      return;
    }
    this.#connecting.record((performance.now() - from) * 1000);
    const crowd = this.#crowds.get(room);
    if (crowd === undefined) this.#crowds.set(room, [client]);
    else crowd.push(client);
  }

  async speak(signal: AbortSignal, progress: (share: number) => void): Promise<void> {
    const { rate, seconds } = this.#plan;
    const total = rate * seconds;
    const speakers = [...this.#crowds.values()].flat();
    const start = performance.now();
    while (this.#sent < total && !signal.aborted) {
      const due = Math.min(total, Math.floor(((performance.now() - start) * rate) / 1000) + 1);
      while (this.#sent < due) this.#say(speakers, start + (this.#sent * 1000) / rate);
      progress(this.#sent / total);
      await wait(TICK_MS);
    }
    this.#sendingMs = performance.now() - start;
  }

  /** @param plannedAt When it should be said. What waits longer than a tick for this process is measured from then. */
  #say(speakers: readonly BenchClient[], plannedAt: number): void {
    const number = this.#sent;
    this.#sent += 1;
    const speaker = speakers[number % speakers.length];
    if (speaker === undefined || !speaker.isOpen)
      return this.failed('a connection that should speak is closed');
    const now = performance.now();
    const dueAt = now - plannedAt > 2 * TICK_MS ? plannedAt : now;
    const text = `${this.#mark} ${Math.round((dueAt - this.#start) * 1000)} ${number}`.padEnd(
      this.#plan.size,
      '.',
    );
    if (!speaker.say(text)) return this.failed('the server reads too slowly: a message was not sent');
    for (const { isOpen } of this.#crowds.get(speaker.room) ?? []) if (isOpen) this.#expected += 1;
  }

  async settle(signal: AbortSignal): Promise<void> {
    let before = -1;
    while (this.#delivered < this.#expected && this.#delivered > before && !signal.aborted) {
      before = this.#delivered;
      for (let waited = 0; waited < SETTLE_MS && this.#delivered < this.#expected; waited += TICK_MS) {
        await wait(TICK_MS);
      }
    }
  }

  heard(text: string): void {
    if (!text.startsWith(this.#mark)) return;
    this.#delivered += 1;
    const from = this.#mark.length + 1;
    const dueAt = Number(text.slice(from, text.indexOf(' ', from)));
    this.#latency.record((performance.now() - this.#start) * 1000 - dueAt);
  }

  failed(why: string): void {
    const reason = this.#errors.has(why) || this.#errors.size < MAX_REASONS ? why : 'something else';
    raiseCount(this.#errors, reason);
  }

  result(wasStopped: boolean): LoadResult {
    return {
      connected: this.connected,
      connecting: this.#connecting,
      sent: this.#sent,
      sendingMs: this.#sendingMs,
      delivered: this.#delivered,
      // Who stops early does not wait for what is on its way.
      lost: wasStopped ? 0 : Math.max(0, this.#expected - this.#delivered),
      latency: this.#latency,
      errors: this.#errors,
      wasStopped,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}
