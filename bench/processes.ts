/** Starts the processes of a benchmark with a channel to this process, and ends them with it in every case. */

import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The deadlines for a process to be ready, and to end after SIGTERM. */
const READY_MS = 20_000;
const STOP_MS = 10_000;
const STDERR_KEPT = 4_000;

/** Flags with which Node.js runs TypeScript. */
const RUN_TYPESCRIPT = ['--import', import.meta.resolve('tsx')];

const children = new Set<ChildProcess>();

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when the process has ended, to the end of its stderr. */
  readonly ended: Promise<string>;
  /** Resolves to its stdout when that matches. @throws {Error} if the process ends instead, or is late. */
  printed(ready: RegExp): Promise<string>;
  /** Ends the process with SIGTERM, and with SIGKILL if that takes too long. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Flags for Node.js. */
  readonly flags?: readonly string[];
}

/** Starts a TypeScript program of this folder. */
export function startTypeScript(path: string, { flags = [], ...options }: StartOptions = {}): Started {
  const file = fileURLToPath(new URL(path, import.meta.url));
  return startProgram(file, { ...options, flags: [...flags, ...RUN_TYPESCRIPT] });
}

/** Starts a JavaScript program. Of the `STATECAST_…` variables it gets only those of `env`. */
export function startProgram(file: string, { args = [], env = {}, flags = [] }: StartOptions = {}): Started {
  // Settings for the user's own server must not change the measured servers.
  // oxlint-disable-next-line node/no-process-env
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('STATECAST_'));
  const child = spawn(process.execPath, [...flags, file, ...args], {
    env: { ...Object.fromEntries(inherited), NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT)));
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', () => {
      children.delete(child);
      resolve(stderr);
    });
  });

  return {
    child,
    pid: child.pid ?? 0,
    ended,
    printed: (ready) =>
      within(
        READY_MS,
        `${file} to be ready`,
        new Promise((resolve, reject) => {
          const check = (): void => {
            if (ready.test(stdout)) resolve(stdout);
          };
          child.stdout?.on('data', check);
          check();
          void ended.then((why) => reject(new Error(`${file} has ended instead of being ready: ${why}`)));
        }),
      ),
    async stop() {
      child.kill('SIGTERM');
      await within(STOP_MS, `${file} to end`, ended).catch(() => {
        child.kill('SIGKILL');
        return ended;
      });
    },
  };
}

/** Ends all remaining processes when this one ends, also when it is interrupted. */
export function endProcessesWithThis(): void {
  process.on('exit', () => {
    for (const child of children) child.kill('SIGKILL');
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.on(signal, () => process.exit(code));
}

/** @throws {Error} if the promise has not settled within `ms` milliseconds. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
