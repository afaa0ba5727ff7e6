/** A `redis-server` of its own for tests. Without one they are skipped with a note; with CI=true they fail. */

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe } from 'vitest';
import { pickPort } from './pick-port.ts';
import { skipsWithout } from './program.ts';

const PROGRAM = 'redis-server';

export interface RedisServer {
  readonly url: string;
  /** Sends one command. */
  command(...words: string[]): Promise<unknown>;
  /** Stops it as a crash does; what it kept is lost. */
  kill(): Promise<void>;
  /** Starts it again on its port. */
  start(): Promise<void>;
  /** Makes it answer no more, with its connections open, until `resume`. */
  pause(): void;
  resume(): void;
}

/** A suite with a Redis server on a free port of this machine, in memory only. */
export function describeWithRedis(title: string, suite: (redis: () => RedisServer) => void): void {
  describe.skipIf(skipsWithout([PROGRAM], title))(title, () => {
    let server: (RedisServer & { close(): Promise<void> }) | undefined;
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server?.close());
    suite(() => {
      if (server === undefined) throw new Error(`${PROGRAM} is not there`);
      return server;
    });
  });
}

async function startRedis(): Promise<RedisServer & { close(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-redis-'));
  const port = await pickPort();
  const url = `redis://127.0.0.1:${port}`;
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    dir,
  ];
  let stop: (() => Promise<void>) | undefined;
  let signal: ((name: NodeJS.Signals) => void) | undefined;

  const server = {
    url,
    async command(...words: string[]) {
      const client = createClient({ url });
      client.on('error', () => {});
      await client.connect();
      try {
        return await client.sendCommand<unknown>(words);
      } finally {
        await client.close();
      }
    },
    async start() {
      const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
      await new Promise<void>((resolve, reject) => {
        let printed = '';
        child.stdout.on('data', (chunk: Buffer) => {
          printed += chunk.toString();
          if (printed.includes('Ready to accept connections')) resolve();
        });
        child.once('error', reject);
        exited.then(() => reject(new Error(`${PROGRAM} ended: ${printed}`)), reject);
      });
      signal = (name) => child.kill(name);
      stop = async () => {
        child.kill('SIGKILL');
        await exited;
      };
    },
    async kill() {
      await stop?.();
      stop = undefined;
    },
    pause: () => signal?.('SIGSTOP'),
    resume: () => signal?.('SIGCONT'),
    async close() {
      await server.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
