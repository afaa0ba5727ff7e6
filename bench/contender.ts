/** The servers that are compared. Each is a separate process. */

import { startRedis } from './redis-process.ts';
import { resolve } from 'node:path';
import { readResidentBytes } from './accounting.ts';
import type { DialectName } from './load/dialect.ts';
import type { Target } from './load/wire-client.ts';
import { startProgram, startTypeScript, within, type Started } from './processes.ts';

const PROBE_MS = 10_000;

/**
 * Runs in every server before its own code. It answers a message with the size of the heap after a garbage
 * collection. It does not keep the process alive, and ends it when the runner has ended.
 */
const PROBE = `
process.on('message', () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  process.send({ heapBytes: heapUsed + external });
});
process.on('disconnect', () => process.exit());
process.channel.unref();
`;
const PROBE_FLAGS = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(PROBE)}`];

export interface Memory {
  /** The resident memory of the process. */
  readonly residentBytes: number;
  /** The used JavaScript heap, and the memory outside the heap that it references. */
  readonly heapBytes: number;
}

export interface RunningServer {
  readonly target: Target;
  /** The memory after a garbage collection. */
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** Whether it is Statecast, so that getting slower is a regression. */
  readonly isOurs: boolean;
  start(): Promise<RunningServer>;
}

/** Hand-written uWebSockets.js. */
export const floor: Contender = {
  name: 'floor',
  isOurs: false,
  start: () => serve(startTypeScript('floor.ts', { flags: PROBE_FLAGS }), 'line'),
};

export const ws: Contender = {
  name: 'ws',
  isOurs: false,
  start: () => serve(startTypeScript('contenders/ws-server.ts', { flags: PROBE_FLAGS }), 'line'),
};

export const socketIo: Contender = {
  name: 'Socket.IO',
  isOurs: false,
  start: () => serve(startTypeScript('contenders/socket-io-server.ts', { flags: PROBE_FLAGS }), 'socket.io'),
};

/** Hand-written uWebSockets.js that speaks the Centrifuge protocol. */
export const centrifugeFloor: Contender = {
  name: 'floor',
  isOurs: false,
  start: () => serve(startTypeScript('contenders/centrifuge-floor.ts', { flags: PROBE_FLAGS }), 'centrifuge'),
};

/** The publications that a room with a history keeps. */
const HISTORY = 100;
/** Settings of rooms that keep a history. */
const KEPT = JSON.stringify({ '*': { history: { size: HISTORY, ttlSeconds: 300, recover: true } } });

/** The same with a history of each room. */
export const historyFloor: Contender = {
  name: 'floor, history',
  isOurs: false,
  start: () =>
    serve(
      startTypeScript('contenders/centrifuge-floor.ts', {
        flags: PROBE_FLAGS,
        env: { HISTORY: String(HISTORY) },
      }),
      'centrifuge',
    ),
};

/** Ours and all others; they are compared to the first one. */
export function besideOthers(...ours: readonly Contender[]): readonly [Contender, ...Contender[]] {
  return [floor, ...ours, ws, socketIo];
}

/** The settings of a measured server: no store on disk, no pages, and a log of errors only. */
const QUIET_SETTINGS = {
  STATECAST_STORE: 'memory',
  STATECAST_PAGES: 'false',
  STATECAST_LOG_LEVEL: 'error',
  STATECAST_DRAIN_SECONDS: '3',
};

/**
 * Our server as it is installed: the built program.
 * @param dist The folder of the build.
 */
export function statecast(
  dist: string,
  name = 'Statecast',
  settings: Readonly<Record<string, string>> = {},
  dialect: DialectName = 'line',
): Contender {
  return {
    name,
    isOurs: true,
    start: () =>
      serve(
        startProgram(resolve(dist, 'main.js'), {
          args: ['serve', '--port', '0'],
          env: { ...QUIET_SETTINGS, ...settings },
          flags: PROBE_FLAGS,
        }),
        dialect,
      ),
  };
}

/** Our server, with clients that speak the Centrifuge protocol. */
export function statecastCentrifuge(dist: string): Contender {
  return statecast(dist, 'Statecast', {}, 'centrifuge');
}

/** The same with a history of each room, from which clients recover. */
export function statecastHistory(dist: string): Contender {
  return statecast(dist, 'Statecast, history', { STATECAST_ROOMS: KEPT }, 'centrifuge');
}

/** Our server on `node:http` and `ws`. */
export function statecastOnWs(dist: string): Contender {
  return statecast(dist, 'Statecast on ws', { STATECAST_TRANSPORT: 'ws' });
}

/** Our server with workers of one machine. */
export function statecastWorkers(dist: string, workers: number, hasHistory: boolean): Contender {
  const settings = { STATECAST_WORKERS: String(workers), ...(hasHistory && { STATECAST_ROOMS: KEPT }) };
  const { start, ...about } = statecast(dist, `${workers} workers`, settings, 'centrifuge');
  return {
    ...about,
    async start() {
      const server = await start();
      return { ...server, target: { ...server.target, isShared: true } };
    },
  };
}

/** Several of our servers with a `redis-server` of their own. */
export function statecastNodes(dist: string, nodes: number, hasHistory: boolean): Contender {
  return {
    name: nodes === 1 ? 'one node on Redis' : `${nodes} nodes on Redis`,
    isOurs: true,
    async start() {
      const redis = await startRedis();
      const settings = { STATECAST_REDIS_URL: redis.url, ...(hasHistory && { STATECAST_ROOMS: KEPT }) };
      const started = Array.from({ length: nodes }, () =>
        statecast(dist, '', settings, 'centrifuge').start(),
      );
      const [first, ...others] = await Promise.all(started);
      if (first === undefined) throw new RangeError('there is no node');
      return {
        ...first,
        target: {
          ...first.target,
          isShared: true,
          others: others.map(({ target }) => target),
          backendPid: redis.pid,
        },
        async stop() {
          await Promise.all([first, ...others].map((server) => server.stop()));
          await redis.stop();
        },
      };
    },
  };
}

async function serve(started: Started, dialect: DialectName): Promise<RunningServer> {
  const { child, pid } = started;
  const printed = await started.printed(/listening on .*\n/);
  const port = Number(/listening on \S+:(\d+)/.exec(printed)?.[1]);
  return {
    target: { port, pid, dialect },
    async memory() {
      const told = new Promise<{ heapBytes: number }>((resolve) => {
        child.once('message', resolve);
        child.send('memory');
      });
      const { heapBytes } = await within(PROBE_MS, 'the memory of a server', told);
      return { residentBytes: readResidentBytes(pid), heapBytes };
    },
    stop: () => started.stop(),
  };
}
