/** A `redis-server` of its own for tests. Without one they are skipped with a note; with CI=true they fail. */

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe } from 'vitest';
import { pickPort } from './pick-port.ts';
import { skipsWithout } from './program.ts';
import type { TestCertificates } from './test-certificates.ts';

const PROGRAM = 'redis-server';
const PORT_ATTEMPTS = 20;
const PORT_PAUSE_MS = 100;

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Sends one command. */
  command(...words: string[]): Promise<unknown>;
  /** Stops it as a crash does; what it kept is lost, unless it has `appendonly`. */
  kill(): Promise<void>;
  /** Starts it again on its port. */
  start(): Promise<void>;
  /** Makes it answer no more, with its connections open, until `resume`. */
  pause(): void;
  resume(): void;
}

/** One that somebody has to close. */
export interface StartedRedis extends RedisServer {
  close(): Promise<void>;
}

export interface RedisOptions {
  readonly password?: string;
  /** It speaks TLS only, with these certificates (PEM files). */
  readonly tls?: TestCertificates;
  /** Each write is in a file before it is answered. */
  readonly appendonly?: boolean;
  /** The port of the server of which it is a replica. */
  readonly replicaOf?: number;
  /** Further arguments of the program, such as `['--cluster-enabled', 'yes']`. */
  readonly args?: readonly string[];
}

/** A suite with a Redis server on a free port of this machine, in memory only unless the options say otherwise. */
export function describeWithRedis(
  title: string,
  suite: (redis: () => RedisServer) => void,
  options: RedisOptions = {},
): void {
  describeWithRedisProgram(title, () => {
    let server: StartedRedis | undefined;
    beforeAll(async () => {
      server = await startRedis(options);
    });
    afterAll(() => server?.close());
    suite(() => {
      if (server === undefined) throw new Error(`${PROGRAM} is not there`);
      return server;
    });
  });
}

/** A suite that starts its servers itself. */
export function describeWithRedisProgram(title: string, suite: () => void): void {
  describe.skipIf(skipsWithout([PROGRAM], title))(title, () => {
    suite();
  });
}

export async function startRedis(options: RedisOptions = {}): Promise<StartedRedis> {
  const { password, tls, appendonly = false, replicaOf, args: further = [] } = options;
  const dir = await mkdtemp(join(tmpdir(), 'statecast-redis-'));
  const port = await pickPort();
  const user = password === undefined ? '' : `:${password}@`;
  const url = `${tls === undefined ? 'redis' : 'rediss'}://${user}127.0.0.1:${port}`;
  const args = ['--bind', '127.0.0.1', '--save', '', '--dir', dir, '--repl-diskless-sync-delay', '0'];
  args.push('--appendonly', appendonly ? 'yes' : 'no', '--appendfsync', 'always');
  if (tls === undefined) args.push('--port', String(port));
  else {
    args.push('--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no');
    args.push(
      '--tls-cert-file',
      tls.certFile,
      '--tls-key-file',
      tls.keyFile,
      '--tls-ca-cert-file',
      tls.caFile,
    );
  }
  if (password !== undefined) args.push('--requirepass', password, '--masterauth', password);
  if (replicaOf !== undefined) args.push('--replicaof', `127.0.0.1 ${replicaOf}`);
  args.push(...further);
  const ca = tls === undefined ? undefined : await readFile(tls.caFile);
  const program = createRedisProgram(args);
  const server: StartedRedis = {
    url,
    port,
    command: (...words) => sendOnce(url, words, ca),
    ...program,
    async close() {
      await server.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** Starts and stops the program with these arguments. */
export function createRedisProgram(
  args: readonly string[],
): Pick<RedisServer, 'start' | 'kill' | 'pause' | 'resume'> {
  let running: { signal(name: NodeJS.Signals): void; readonly exited: Promise<void> } | undefined;

  /** Returns what it printed if it has ended, and nothing when it is ready. */
  async function startOnce(): Promise<string | undefined> {
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
    running = { signal: (name) => void child.kill(name), exited };
    let printed = '';
    return new Promise((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (/Ready to accept connections|Sentinel ID is/.test(printed)) resolve(undefined);
      });
      child.once('error', reject);
      exited.then(() => resolve(printed), reject);
    });
  }

  return {
    async start() {
      for (let attempt = 1; ; attempt += 1) {
        const ended = await startOnce();
        if (ended === undefined) return;
        // Another test may look for a moment whether the port is free.
        const mayTryAgain = ended.includes('Address already in use') && attempt < PORT_ATTEMPTS;
        if (!mayTryAgain) throw new Error(`${PROGRAM} ended: ${ended}`);
        await sleep(PORT_PAUSE_MS);
      }
    },
    async kill() {
      running?.signal('SIGKILL');
      await running?.exited;
      running = undefined;
    },
    pause: () => running?.signal('SIGSTOP'),
    resume: () => running?.signal('SIGCONT'),
  };
}

/** Sends one command to a server, by a connection of its own. */
export async function sendOnce(url: string, words: readonly string[], ca?: Buffer): Promise<unknown> {
  const client = createClient({ url, ...(ca !== undefined && { socket: { tls: true, ca } }) });
  client.on('error', () => {});
  await client.connect();
  try {
    return await client.sendCommand<unknown>(words);
  } finally {
    await client.close();
  }
}
