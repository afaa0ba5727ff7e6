/** A master, a replica and three sentinels that watch them, for tests. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickPort } from './pick-port.ts';
import { createRedisProgram, sendOnce, startRedis, type RedisServer } from './redis.ts';

export interface SentinelSetup {
  readonly name: string;
  /** `HOST:PORT` of each sentinel. */
  readonly sentinels: readonly string[];
  /** At the start, the first one is the master. */
  readonly servers: readonly [RedisServer, RedisServer];
  /** The port of the master, as the sentinels know it. */
  master(): Promise<number>;
  close(): Promise<void>;
}

const NAME = 'main';
const COUNT = 3;

/** @param downMs After so long without an answer, a sentinel takes the master for dead. */
export async function startSentinels(downMs = 500): Promise<SentinelSetup> {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-sentinel-'));
  const first = await startRedis();
  const second = await startRedis({ replicaOf: first.port });
  const ports = await Promise.all(Array.from({ length: COUNT }, () => pickPort()));
  const programs = await Promise.all(
    ports.map(async (port) => {
      const file = join(dir, `sentinel-${port}.conf`);
      await writeFile(
        file,
        [
          `port ${port}`,
          'bind 127.0.0.1',
          `dir ${dir}`,
          `sentinel monitor ${NAME} 127.0.0.1 ${first.port} 2`,
          `sentinel down-after-milliseconds ${NAME} ${downMs}`,
          `sentinel failover-timeout ${NAME} 3000`,
          '',
        ].join('\n'),
      );
      const program = createRedisProgram([file, '--sentinel']);
      await program.start();
      return program;
    }),
  );
  const ask = (port: number, ...words: string[]) => sendOnce(`redis://127.0.0.1:${port}`, words);

  const setup: SentinelSetup = {
    name: NAME,
    sentinels: ports.map((port) => `127.0.0.1:${port}`),
    servers: [first, second],
    async master() {
      const [, port] = (await ask(ports[0]!, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as [
        string,
        string,
      ];
      return Number(port);
    },
    async close() {
      await Promise.all([...programs.map((program) => program.kill()), first.close(), second.close()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
  await Promise.all(ports.map((port) => untilKnown(() => ask(port, 'SENTINEL', 'MASTER', NAME))));
  return setup;
}

/** Resolves when a sentinel knows the replica and the other sentinels: a failover is possible from then on. */
async function untilKnown(ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const facts = (await ask()) as Readonly<Record<string, string>>;
    if (facts['num-slaves'] === '1' && facts['num-other-sentinels'] === String(COUNT - 1)) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
