/**
 * The chart of one worker, as its primary process sees it: started, watched, started again when it dies, and let go. It
 * knows no processes: what it does is done by a {@link WorkerPort}.
 */

import { setup, type ActorRefFrom } from 'xstate';

/** What the machine does to its process. */
export interface WorkerPort {
  /** Starts a process; its events tell how it goes on. */
  fork(): void;
  /** Asks whether it is there. */
  ping(): void;
  /** Has it take no more connections, finish what it has, and end. */
  retire(): void;
  kill(): void;
  /** Tells the log. */
  log(level: 'info' | 'warn' | 'error', message: string): void;
}

export type WorkerEvent =
  /** Its process takes connections. */
  | { readonly type: 'worker.listening' }
  /** It has answered. */
  | { readonly type: 'worker.answered' }
  /** Its process is gone. */
  | { readonly type: 'worker.exited' }
  /** Another one has taken its place, or all are to end. */
  | { readonly type: 'worker.retire' };

interface WorkerContext {
  readonly port: WorkerPort;
  /** How long it may drain, in milliseconds. */
  readonly drainMs: number;
  /** How often its processes have ended in a row without serving for a while. */
  failures: number;
}

export type WorkerInput = Pick<WorkerContext, 'port' | 'drainMs'>;

/** How long a process may take until it listens. Much may have to be read. */
const START_MS = 60_000;
const PING_MS = 1_000;
/** How long a process may be silent. A blocked event loop answers nothing. */
const SILENCE_MS = 8_000;
/** The first and the longest rest before a process is started again; it doubles in between. */
const REST_MIN_MS = 200;
const REST_MAX_MS = 30_000;
/** Who has served for so long has not failed. */
const STEADY_MS = 30_000;
/** Beyond its own time, for closing files and sockets. */
const RETIRE_MARGIN_MS = 5_000;

export const workerMachine = setup({
  types: {
    context: {} as WorkerContext,
    events: {} as WorkerEvent,
    input: {} as WorkerInput,
  },
  delays: {
    rest: ({ context: { failures } }) => Math.min(REST_MAX_MS, REST_MIN_MS * 2 ** Math.min(failures - 1, 20)),
    retirement: ({ context: { drainMs } }) => drainMs + RETIRE_MARGIN_MS,
  },
  actions: {
    fork: ({ context: { port } }) => port.fork(),
    ping: ({ context: { port } }) => port.ping(),
    retire: ({ context: { port } }) => port.retire(),
    kill: ({ context: { port } }) => port.kill(),
    countFailure: ({ context }) => void (context.failures += 1),
    forgetFailures: ({ context }) => void (context.failures = 0),
    log: ({ context: { port } }, params: { level: 'info' | 'warn' | 'error'; message: string }) =>
      port.log(params.level, params.message),
  },
}).createMachine({
  id: 'worker',
  description: 'One of the processes that serve together, under their primary process.',
  context: ({ input }) => ({ ...input, failures: 0 }),
  initial: 'starting',
  states: {
    starting: {
      description: 'Its process reads what it needs, and does not listen yet.',
      entry: 'fork',
      on: {
        'worker.listening': 'listening',
        'worker.retire': 'retiring',
        'worker.exited': 'resting',
      },
      after: {
        [START_MS]: {
          actions: [{ type: 'log', params: { level: 'error', message: 'a worker does not start' } }, 'kill'],
        },
      },
    },
    listening: {
      description: 'It serves, and is asked each second whether it is there.',
      initial: 'answering',
      on: {
        'worker.retire': 'retiring',
        'worker.exited': 'resting',
      },
      after: { [STEADY_MS]: { actions: 'forgetFailures' } },
      states: {
        answering: {
          description: 'It has answered, and is asked again in a moment.',
          after: { [PING_MS]: 'asked' },
        },
        asked: {
          description: 'Its answer is waited for.',
          entry: 'ping',
          on: { 'worker.answered': 'answering' },
          after: { [SILENCE_MS]: 'silent' },
        },
        silent: {
          description: 'It has not answered for too long, and is killed.',
          entry: [{ type: 'log', params: { level: 'error', message: 'a worker is silent' } }, 'kill'],
        },
      },
    },
    resting: {
      description: 'Its process has ended. A new one is started after a while, longer each time.',
      entry: 'countFailure',
      on: { 'worker.retire': 'ended' },
      after: { rest: 'starting' },
    },
    retiring: {
      description: 'It takes no more connections, and finishes what it has.',
      entry: 'retire',
      on: { 'worker.exited': 'ended' },
      after: {
        retirement: {
          actions: [{ type: 'log', params: { level: 'warn', message: 'a worker does not end' } }, 'kill'],
        },
      },
    },
    ended: { description: 'Its process has ended, and no other one is started.', type: 'final' },
  },
});

export type WorkerRef = ActorRefFrom<typeof workerMachine>;
