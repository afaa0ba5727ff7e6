/** Starts the built command line as a child process, which ends with its test. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { reach, type Reachable } from './start-server.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProcess extends Reachable {
  /** What it printed until it was ready. */
  readonly banner: string;
  readonly exited: Promise<Outcome>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs `statecast` to its end. It gets only these `STATECAST_…` variables. */
export function runProcess(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return launch(args, env).exited;
}

/**
 * Starts `statecast serve` on a free port and waits until it listens.
 * @param shell A command of bash that prepares what the process inherits, such as `ulimit -n 64`. Default: nothing.
 */
export async function startProcess(
  args: readonly string[],
  env: Record<string, string> = {},
  shell?: string,
): Promise<RunningProcess> {
  const { child, exited } = launch(['serve', '--port', '0', ...args], env, shell);
  const banner = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (/listening on .*\n/.test(printed)) resolve(printed);
    });
    exited.then(({ code, stderr }) => reject(new Error(`it ended with ${code} instead: ${stderr}`)), reject);
  });
  const url = /listening on (\S+)/.exec(banner)?.[1] ?? '';
  return { ...reach(url), banner, exited, kill: (signal) => child.kill(signal) };
}

function launch(args: readonly string[], env: Record<string, string>, shell?: string) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('STATECAST_'));
  const [command = '', ...rest] = [
    ...(shell === undefined ? [] : ['bash', '-c', `${shell}; exec "$@"`, 'bash']),
    process.execPath,
    MAIN,
    ...args,
  ];
  const child = spawn(command, rest, {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, exited };
}
