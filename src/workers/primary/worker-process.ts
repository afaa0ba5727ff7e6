/** One process of a worker: started by `fork`, with a socket for the channel and Node's own channel for connections. */

import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Channel } from '../channel/channel.ts';
import { createWorkerEnvironment } from '../../config/worker-variable.ts';
import { CHANNEL_FD } from '../worker/place.ts';

export interface WorkerProcess {
  readonly pid: number | undefined;
  readonly channel: Channel;
  /** What it says on standard error, if the primary takes it. */
  readonly stderr: Readable | null;
  /** Hands a connection on. */
  give(port: string, socket: Socket): void;
  kill(): void;
  /** Resolves to the exit code, or the name of the signal. */
  readonly exited: Promise<number | string>;
}

export interface ForkOptions {
  /** From 1. */
  readonly number: number;
  /** Whether standard error of the process comes here. Default: it has that of this process. */
  readonly takesStderr: boolean;
}

/** Runs the program of this process again, with the same arguments. */
export function forkWorker({ number, takesStderr }: ForkOptions): WorkerProcess {
  const [, program = '', ...args] = process.argv;
  const child = fork(program, args, {
    execArgv: process.execArgv,
    env: createWorkerEnvironment(number),
    stdio: ['ignore', 'inherit', takesStderr ? 'pipe' : 'inherit', 'ipc', 'pipe'],
  });
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
    child.once('error', () => resolve(1));
  });
  return {
    pid: child.pid,
    channel: new Channel(child.stdio[CHANNEL_FD] as unknown as Socket),
    stderr: child.stderr,
    give: createGiving(child),
    kill: () => void child.kill('SIGKILL'),
    exited,
  };
}

/**
 * Node hands on one connection after the other. Those that wait when the process dies, and the one on its way, are closed:
 * left open here, their clients would wait for ever.
 */
function createGiving(child: ChildProcess): WorkerProcess['give'] {
  const waiting = new Set<Socket>();
  child.once('exit', () => {
    for (const socket of waiting) socket.destroy();
  });
  return (port, socket) => {
    if (!child.connected) {
      socket.destroy();
      return;
    }
    waiting.add(socket);
    // The system has it then, until the process takes it or ends; the copy of this process is not needed any more.
    child.send({ port }, socket, { keepOpen: true }, () => {
      waiting.delete(socket);
      socket.destroy();
    });
  };
}
