/** The workers of a primary process: they are started, get connections in turn, are replaced, and end together. */

import type { Socket } from 'node:net';
import { createActor } from 'xstate';
import type { WorkerHealth } from '../../http/health-route.ts';
import type { ServerNumbers } from '../../platform/reports/server-numbers.ts';
import type { Placement } from '../worker/place.ts';
import { WorkerFailedError } from './worker-failed-error.ts';
import { workerMachine, type WorkerRef } from './worker-machine.ts';
import { forkWorker, type WorkerProcess } from './worker-process.ts';

export interface WorkersOptions {
  readonly count: number;
  readonly drainMs: number;
  readonly takesStderr: boolean;
  readonly placement: () => Placement;
  /** Gives a new process what the primary holds; returns what is to be done when it has ended. */
  readonly serve: (worker: ServedWorker) => () => void;
  readonly log: WorkersLog;
}

export interface WorkersLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ServedWorker {
  readonly number: number;
  /** Of this process; another one of the same worker has another. */
  readonly id: string;
  readonly process: WorkerProcess;
}

/** How often a worker may end in a row without serving for a while, before all end. */
const MAX_FAILURES = 10;

export class Workers {
  readonly #options: WorkersOptions;
  /** All that have not ended: a worker and the one that takes its place for a while. */
  readonly #all = new Set<Worker>();
  #turn = 0;
  #made = 0;
  #isEnding = false;
  /** Since they were taken. */
  #messages = 0;
  #delays = { count: 0, sum: 0, max: 0 };
  #fail: (error: WorkerFailedError) => void = () => undefined;
  /** Rejects when the workers end again and again. */
  readonly failed: Promise<never>;

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined);
  }

  /**
   * Starts all of them. The first one alone: what is wrong with the settings is told once.
   * @throws {WorkerFailedError} when one ends instead.
   */
  async start(): Promise<void> {
    await this.#add(1).listening;
    const others = Array.from({ length: this.#options.count - 1 }, (_, index) => this.#add(index + 2));
    await Promise.all(others.map(({ listening }) => listening));
  }

  /** Gives a connection to the next one that listens. */
  give(port: string, socket: Socket): boolean {
    const able = [...this.#all].filter(({ isListening }) => isListening);
    if (able.length === 0) return false;
    this.#turn = (this.#turn + 1) % able.length;
    able[this.#turn]!.give(port, socket);
    return true;
  }

  health(): WorkerHealth[] {
    return [...this.#all].map((worker) => worker.health());
  }

  /** The numbers of all together; those that are sums begin anew. */
  takeNumbers(): ServerNumbers {
    const all = [...this.#all].map((worker) => worker.numbers);
    const total = (key: 'connections' | 'rooms' | 'memoryBytes'): number =>
      all.reduce((sum, numbers) => sum + numbers[key], 0);
    const { count, sum, max } = this.#delays;
    const numbers = {
      connections: total('connections'),
      rooms: total('rooms'),
      messages: this.#messages,
      memoryBytes: total('memoryBytes') + process.memoryUsage.rss(),
      delayMs: { mean: sum / Math.max(1, count), max },
    };
    this.#messages = 0;
    this.#delays = { count: 0, sum: 0, max: 0 };
    return numbers;
  }

  /** Puts a new one in the place of each, one by one. */
  async replaceAll(): Promise<void> {
    const all = [...this.#all];
    for (const old of all) {
      if (this.#isEnding || old.isRetiring) continue;
      const successor = this.#add(old.number);
      try {
        await successor.listening;
      } catch (error) {
        successor.retire();
        throw error;
      }
      old.retire();
      await old.ended;
    }
  }

  /** Has all of them end; resolves when they have. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const all = [...this.#all];
    for (const worker of all) worker.retire();
    await Promise.all(all.map(({ ended }) => ended));
  }

  /** Ends all of them at once. */
  kill(): void {
    this.#isEnding = true;
    for (const worker of this.#all) {
      worker.retire();
      worker.kill();
    }
  }

  tell(method: string, args: readonly unknown[]): void {
    for (const worker of this.#all) worker.tell(method, args);
  }

  #add(number: number): Worker {
    const worker = new Worker(number, this.#options, {
      nextId: () => String((this.#made += 1)),
      changed: () => this.#changed(),
      counted: ({ messages, delayMs }) => {
        this.#messages += messages;
        this.#delays.count += 1;
        this.#delays.sum += delayMs.mean;
        this.#delays.max = Math.max(this.#delays.max, delayMs.max);
      },
      mayLeaveAtOnce: () => !this.#isEnding,
      failing: (failures, outcome) => {
        if (failures >= MAX_FAILURES) this.#fail(new WorkerFailedError(outcome));
      },
    });
    this.#all.add(worker);
    void worker.ended.then(() => {
      this.#all.delete(worker);
      this.#changed();
    });
    return worker;
  }

  #changed(): void {
    this.tell('life.workers', [this.health()]);
  }
}

const NO_NUMBERS: ServerNumbers = {
  connections: 0,
  rooms: 0,
  messages: 0,
  memoryBytes: 0,
  delayMs: { mean: 0, max: 0 },
};

interface Surroundings {
  nextId(): string;
  changed(): void;
  counted(numbers: ServerNumbers): void;
  /** Whether the port is left before what is open is closed: others are there to take new connections. */
  mayLeaveAtOnce(): boolean;
  failing(failures: number, outcome: number | string): void;
}

class Worker {
  readonly number: number;
  /** Resolves when it listens for the first time. */
  readonly listening: Promise<void>;
  readonly ended: Promise<void>;
  readonly #options: WorkersOptions;
  readonly #surroundings: Surroundings;
  readonly #actor: WorkerRef;
  #process: WorkerProcess | undefined;
  #report: ServerNumbers = NO_NUMBERS;
  #listens: () => void = () => undefined;
  #fails: (error: Error) => void = () => undefined;

  constructor(number: number, options: WorkersOptions, surroundings: Surroundings) {
    this.number = number;
    this.#options = options;
    this.#surroundings = surroundings;
    this.listening = new Promise((resolve, reject) => {
      this.#listens = resolve;
      this.#fails = reject;
    });
    this.listening.catch(() => undefined);
    this.#actor = createActor(workerMachine, {
      input: {
        drainMs: options.drainMs,
        port: {
          fork: () => this.#fork(),
          ping: () => void this.#ping(),
          retire: () => this.#process?.channel.tell('life.end', [surroundings.mayLeaveAtOnce()]),
          kill: () => this.kill(),
          log: (level, message) => options.log[level](this.#fields, message),
        },
      },
    });
    let value = '';
    this.#actor.subscribe({
      next: (snapshot) => {
        const state = describe(snapshot.value);
        if (state === value) return;
        value = state;
        surroundings.changed();
      },
      error: (error) => options.log.error({ err: error }, 'the machine of a worker failed'),
    });
    this.ended = new Promise((resolve) => {
      this.#actor.subscribe({ complete: resolve, error: () => resolve() });
    });
    this.#actor.start();
  }

  get isListening(): boolean {
    return this.#actor.getSnapshot().matches('listening');
  }

  get isRetiring(): boolean {
    return this.#actor.getSnapshot().matches('retiring');
  }

  give(port: string, socket: Socket): void {
    this.#process?.give(port, socket);
  }

  tell(method: string, args: readonly unknown[]): void {
    this.#process?.channel.tell(method, args);
  }

  retire(): void {
    this.#actor.send({ type: 'worker.retire' });
  }

  kill(): void {
    this.#process?.kill();
  }

  get numbers(): ServerNumbers {
    return this.#report;
  }

  health(): WorkerHealth {
    const { number: worker } = this;
    const pid = this.#process?.pid;
    const state = describe(this.#actor.getSnapshot().value);
    const { connections, rooms } = this.#report;
    return { worker, ...(pid !== undefined && { pid }), state, connections, rooms };
  }

  get #fields(): object {
    return { worker: this.number, workerPid: this.#process?.pid };
  }

  #fork(): void {
    const { serve, placement, log, takesStderr } = this.#options;
    const { number } = this;
    const child = forkWorker({ number, takesStderr });
    this.#process = child;
    const { channel } = child;
    channel.serve('life', {
      placement,
      listening: () => {
        this.#actor.send({ type: 'worker.listening' });
        this.#listens();
        log.info(this.#fields, 'worker.listening');
      },
    });
    const end = serve({ number, id: this.#surroundings.nextId(), process: child });
    void this.#watchEnd(child, end);
  }

  async #watchEnd(child: WorkerProcess, end: () => void): Promise<void> {
    const outcome = await child.exited;
    // What it has said before it ended is heard first.
    await child.channel.closed;
    const wasExpected = this.isRetiring;
    this.#options.log[wasExpected ? 'info' : 'error']({ ...this.#fields, outcome }, 'worker.exited');
    end();
    this.#process = undefined;
    this.#report = NO_NUMBERS;
    this.#fails(new WorkerFailedError(outcome));
    this.#actor.send({ type: 'worker.exited' });
    if (!wasExpected) this.#surroundings.failing(this.#actor.getSnapshot().context.failures, outcome);
  }

  async #ping(): Promise<void> {
    try {
      this.#report = (await this.#process?.channel.call('life.ping', [])) as ServerNumbers;
      this.#surroundings.counted(this.#report);
      this.#actor.send({ type: 'worker.answered' });
      this.#surroundings.changed();
    } catch {
      // It is silent, or gone: both are found out.
    }
  }
}

/** `listening` has inner states, of which one matters to others. */
function describe(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[outer, inner] = ['', '']] = Object.entries(value as object);
  return inner === 'silent' ? 'silent' : outer;
}
