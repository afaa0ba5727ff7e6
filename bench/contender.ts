/** The servers that are compared, each a process of its own that is started, asked about its memory, and ended. */

import { resolve } from 'node:path';
import { readResidentBytes } from './accounting.ts';
import type { DialectName } from './load/dialect.ts';
import type { Target } from './load/wire-client.ts';
import { startProgram, startTypeScript, within, type Started } from './processes.ts';

const PROBE_MS = 10_000;

/**
 * Runs in every server before its own code, and tells its heap when asked, after a collection of garbage. It keeps
 * no process alive, and ends it when the runner is gone.
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
  /** What the process takes of the machine's memory. */
  readonly residentBytes: number;
  /** What lives on its JavaScript heap, and what that holds outside of it. */
  readonly heapBytes: number;
}

export interface RunningServer {
  readonly target: Target;
  /** After a collection of garbage. */
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** Whether it is ours, so that its getting slower is a regression. */
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

/** A server of ours among all the others; the first is what the rest is compared to. */
export function besideOthers(ours: Contender): readonly [Contender, ...Contender[]] {
  return [floor, ours, ws, socketIo];
}

/** The settings of a measured server: no store on disk, no pages, and a log of errors only. */
const QUIET_SETTINGS = {
  STATECAST_STORE: 'memory',
  STATECAST_PAGES: 'false',
  STATECAST_LOG_LEVEL: 'error',
  STATECAST_DRAIN_SECONDS: '3',
};

/**
 * Our server as it is installed: the built command line.
 * @param dist The folder of the build.
 */
export function statecast(
  dist: string,
  name = 'Statecast',
  settings: Readonly<Record<string, string>> = {},
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
        'line',
      ),
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
