/** Programs of other languages: whether they are on this machine, and their processes, which end with their tests. */

import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { Inbox } from '../../src/system/inbox-harness.ts';

export interface ProgramPlace {
  readonly cwd: string;
  /** Besides the environment of the tests, without its settings of a server. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Whether tests must be skipped because a program that they need is not here. It says so in a line. Where `CI=true`, they
 * are not skipped.
 */
export function skipsWithout(programs: readonly string[], title: string, isRequired = true): boolean {
  const missing = programs.filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing.length === 0 || (isRequired && process.env['CI'] === 'true')) return false;
  console.warn(`skipped: ${title} (no ${missing.join(' and no ')} found; install it)`);
  return true;
}

/** Runs a program to its end, and returns what it printed. */
export async function runProgram(
  [command = '', ...args]: readonly string[],
  { cwd, env }: ProgramPlace,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(command, args, { cwd, env: inherit(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const code = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** Starts a program and waits until it listens. Returns its lines of both outputs. */
export async function startProgram(
  [command = '', ...args]: readonly string[],
  { cwd, env }: ProgramPlace,
  port: number,
): Promise<Inbox<string>> {
  // A group of its own: `go run` starts the program that it has built.
  const child = spawn(command, args, {
    cwd,
    env: inherit(env),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = new Inbox<string>();
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on('line', (line) => lines.push(line));
  }
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(`it ended with ${code}`));
  });
  onTestFinished(async () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  });
  let isOver = false;
  const over = ended.then((why) => {
    isOver = true;
    throw new Error(`${command} does not listen: ${why}`);
  });
  over.catch(() => undefined);
  const listening = (async () => {
    while (!isOver && !(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  })();
  await Promise.race([listening, over]);
  return lines;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function inherit(env: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('STATECAST_'));
  return { ...Object.fromEntries(inherited), ...env };
}
