/** What a publication costs a node and Redis, with the broker alone: no sockets and no rooms. It runs in this process. */

import { randomUUID } from 'node:crypto';
import type { PublishOptions } from '../../src/broker/broker.ts';
import { createRedisBroker } from '../../src/broker/redis/redis-broker.ts';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { systemClock } from '../../src/system/clock.ts';
import { readCpuMicros } from '../accounting.ts';
import { hasRedis, startRedis } from '../redis-process.ts';
import type { Sample } from '../results/results.ts';
import type { Scenario } from '../scenario.ts';

const ROOMS = 64;
/** Publications of one room in one turn. */
const BATCHES = [1, 4, 16];
const WARM_UP_MS = 300;
const DATA = { text: 'what members of a room say to each other', number: 12_345 };

const MODES: Readonly<Record<string, PublishOptions>> = {
  'no history': {},
  history: { history: { size: 100, ttlMs: 60_000 } },
};

export const redis: Scenario = {
  name: 'redis',
  title: `the broker on Redis alone: ${ROOMS} rooms that this node hears, one or several publications of each in a turn`,
  rounds: 3,
  figures: [
    { key: 'rate', title: 'publications/s', unit: 'perSecond', better: 'more' },
    { key: 'cost', title: 'node CPU/publication', unit: 'micros', better: 'less' },
    { key: 'redisCost', title: 'Redis CPU/publication', unit: 'micros', better: 'less' },
  ],
  variants({ measureMs }) {
    if (!hasRedis()) return Promise.resolve({ notServed: 'there is no redis-server' });
    return Object.entries(MODES).flatMap(([mode, options]) =>
      BATCHES.map((batch) => ({
        name: `${mode}, ${batch} a turn`,
        isOurs: true,
        comparedTo: 'no history, 1 a turn',
        measure: () => measureBroker(options, batch, measureMs),
      })),
    );
  },
};

async function measureBroker(options: PublishOptions, batch: number, measureMs: number): Promise<Sample> {
  const server = await startRedis();
  const connection = await connectDirectly(server.url);
  const broker = createRedisBroker({
    redis: connection,
    keys: new RedisKeys('bench'),
    node: randomUUID(),
    clock: systemClock,
  });
  let heard = 0;
  broker.attach({ publication: () => void (heard += 1), broadcast: () => undefined });
  const rooms = Array.from({ length: ROOMS }, (_, index) => `room${index}`);
  const asked = { ...options, from: { id: randomUUID(), user: 'ann' } };

  async function publishFor(ms: number): Promise<number> {
    const end = performance.now() + ms;
    let done = 0;
    await Promise.all(
      rooms.map(async (room) => {
        while (performance.now() < end) {
          await Promise.all(Array.from({ length: batch }, async () => broker.publish(room, DATA, asked)));
          done += batch;
        }
      }),
    );
    return done;
  }

  try {
    await Promise.all(rooms.map(async (room) => broker.subscribe(room)));
    await publishFor(WARM_UP_MS);
    const [redisBefore, before, start] = [readCpuMicros(server.pid), process.cpuUsage(), performance.now()];
    const done = await publishFor(measureMs);
    const seconds = (performance.now() - start) / 1_000;
    const { user, system } = process.cpuUsage(before);
    const redisCost = (readCpuMicros(server.pid) - redisBefore) / done;
    if (heard === 0) throw new Error('nothing was heard');
    return { rate: done / seconds, cost: (user + system) / done, redisCost };
  } finally {
    await broker.close();
    await connection.close();
    await server.stop();
  }
}
