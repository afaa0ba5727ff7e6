/** What may happen to nodes and to their Redis. */

import { setTimeout as sleep } from 'node:timers/promises';
import { slotOf } from '../../../src/redis/slots.ts';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { startCluster, type RedisCluster } from '../../support/redis-cluster.ts';
import { startSentinels, type SentinelSetup } from '../../support/redis-sentinel.ts';
import { startRedis, type RedisOptions, type RedisServer } from '../../support/redis.ts';
import { POSITION_KEY, STREAM_KEY, random, runRound, type Choice, type Place } from './fault-round.ts';

/** Longer than the lease of a node. */
const LONG_MS = 11_000;
/** Longer than the link takes for dead. */
const SHORT_MS = 3_000;

/** Runs a round with it. Returns what is wrong, one sentence each. */
type Fault = (choice: Choice) => Promise<readonly string[]>;

interface RedisPlace extends Place {
  readonly redis: RedisServer;
  /** The network between each node and Redis, in the order in which the nodes were started. */
  readonly ways: readonly FaultProxy[];
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  'the connections of subscribers are cut': onRedis(async ({ redis }) => {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
  }),
  'all connections are cut': onRedis(async ({ redis }) => {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
  }),
  'Redis hangs for three seconds': onRedis(async ({ redis }) => {
    redis.pause();
    await sleep(SHORT_MS);
    redis.resume();
  }),
  'Redis is killed, and starts empty': onRedis(restart),
  'Redis is killed, and starts with what it had': onRedis(restart, { appendonly: true }),
  'Redis is killed, and starts with what it had some time ago': onRedis(
    async ({ redis }) => {
      await redis.command('SAVE');
      await sleep(random(500));
      await restart({ redis });
    },
    { args: ['--save', '3600 1000000'] },
    { losesClients: false },
  ),
  'the scripts are forgotten': onRedis(async ({ redis }) => {
    await redis.command('SCRIPT', 'FLUSH');
  }),
  'a position is evicted': onRedis(async ({ redis }) => {
    await redis.command('DEL', POSITION_KEY);
  }),
  'a stream is evicted': onRedis(async ({ redis }) => {
    await redis.command('DEL', STREAM_KEY);
  }),
  'the answers to one node are lost': onRedis(async ({ ways }) => {
    await drop([pick(ways)], 'replies', SHORT_MS);
  }),
  'the answers to all nodes are lost': onRedis(async ({ ways }) => {
    await drop(ways, 'replies', random(SHORT_MS));
  }),
  'one node cannot reach Redis': onRedis(async ({ ways }) => {
    await drop([pick(ways)], 'both', SHORT_MS);
  }),
  'one node cannot reach Redis for longer than its lease': onRedis(
    async ({ ways }) => {
      await drop([pick(ways)], 'both', LONG_MS);
    },
    {},
    { losesClients: false },
  ),
  'no node can reach Redis for longer than the leases': onRedis(async ({ ways }) => {
    await drop(ways, 'both', LONG_MS);
  }),
  'a node pauses for longer than its lease': onRedis(
    async ({ nodes }) => {
      const node = pick(nodes.all);
      node.kill('SIGSTOP');
      await sleep(LONG_MS);
      node.kill('SIGCONT');
    },
    {},
    { losesClients: false },
  ),
  'a node is killed': onRedis(async ({ nodes, startNode }) => {
    await nodes.kill(pick(nodes.all));
    await startNode();
  }),
  'a node is killed right after it has answered a join': onRedis(
    async ({ nodes, join }) => {
      const node = pick(nodes.all);
      await Promise.all(['ann', 'bob', 'carl'].map((user) => join(user, node)));
      await nodes.kill(node);
    },
    {},
    { durability: 'strict' },
  ),
  'the clock of one node jumps': onRedis(async ({ nodes }) => {
    const node = pick(nodes.all);
    for (let step = 0; step < 3; step += 1) {
      node.kill('SIGWINCH');
      await sleep(random(1_000));
    }
  }),
  'the sentinels choose another master': onSentinels(async ({ servers }) => {
    await servers[0].kill();
  }),
  'the sentinels choose a master that has not had everything': onSentinels(
    async ({ servers }) => {
      servers[1].pause();
      await sleep(200);
      await servers[0].kill();
      servers[1].resume();
    },
    { losesClients: false },
  ),
  'the slot of a room moves in the cluster': onCluster(async ({ servers, moveSlot, ownerOf }) => {
    const slot = slotOf(POSITION_KEY);
    for (let move = 0; move < 2; move += 1) {
      const from = await ownerOf(slot);
      await moveSlot(slot, pick(servers.filter((server) => server !== from)));
      await sleep(random(1_000));
    }
  }),
  'a worker without Redis is killed': onWorkers(killWorker),
  'a worker with Redis is killed': onRedis(killWorker, {}, { nodes: 1 }, { workers: 3 }),
};

/** With a Redis of its own, and a network that may break for each node. */
function onRedis(
  act: (place: RedisPlace) => Promise<void>,
  options: RedisOptions = {},
  needs: Partial<Choice> = {},
  settings: object = {},
): Fault {
  return async (choice) => {
    const redis = await startRedis(options);
    const ways: FaultProxy[] = [];
    try {
      return await runRound({
        choice: { ...choice, ...needs },
        settings,
        async env() {
          const way = await startFaultProxy(redis.port);
          ways.push(way);
          return { STATECAST_REDIS_URL: `redis://127.0.0.1:${way.port}`, NODE_OPTIONS: JUMPING_CLOCK };
        },
        act: (place) => act({ ...place, redis, ways }),
      });
    } finally {
      await Promise.all(ways.map((way) => way.close()));
      await redis.close();
    }
  };
}

function onSentinels(act: (setup: SentinelSetup) => Promise<void>, needs: Partial<Choice> = {}): Fault {
  return async (choice) => {
    const setup = await startSentinels();
    const { sentinels, name: sentinelMaster } = setup;
    try {
      return await runRound({
        choice: { ...choice, ...needs },
        settings: { redis: { url: 'redis://ignored', sentinels, sentinelMaster } },
        env: async () => ({}),
        act: async () => {
          const before = await setup.master();
          await act(setup);
          while ((await setup.master()) === before) await sleep(100);
        },
      });
    } finally {
      await setup.close();
    }
  };
}

function onCluster(act: (cluster: RedisCluster) => Promise<void>): Fault {
  return async (choice) => {
    const cluster = await startCluster();
    try {
      const settings = { redis: { url: cluster.urls, cluster: true } };
      return await runRound({ choice, settings, env: async () => ({}), act: () => act(cluster) });
    } finally {
      await cluster.close();
    }
  };
}

function onWorkers(act: (place: Place) => Promise<void>): Fault {
  return (choice) =>
    runRound({ choice: { ...choice, nodes: 1 }, settings: { workers: 3 }, env: async () => ({}), act });
}

/** Lets the wall clock of a process jump by up to a day, back or forth, with each `SIGWINCH`. */
const JUMPING_CLOCK = `--import=data:text/javascript,${encodeURIComponent(`
  const Real = Date;
  let shift = 0;
  globalThis.Date = class extends Real {
    constructor(...given) {
      super(...(given.length === 0 ? [Real.now() + shift] : given));
    }
    static now() {
      return Real.now() + shift;
    }
  };
  process.on('SIGWINCH', () => (shift = Math.round((Math.random() - 0.5) * 2 * 86_400_000)));
`)}`;

async function restart({ redis }: { readonly redis: RedisServer }): Promise<void> {
  await redis.kill();
  await sleep(random(1_000));
  await redis.start();
}

async function drop(
  ways: readonly FaultProxy[],
  direction: 'replies' | 'both',
  lastsMs: number,
): Promise<void> {
  for (const way of ways) way.drop(direction);
  await sleep(lastsMs);
  for (const way of ways) way.heal();
}

async function killWorker({ nodes }: Place): Promise<void> {
  const { body } = await pick(nodes.all).request('/health');
  const { workers } = JSON.parse(body) as { workers: readonly { readonly pid: number }[] };
  process.kill(pick(workers).pid, 'SIGKILL');
}

function pick<One>(all: readonly One[]): One {
  const one = all[random(all.length)];
  if (one === undefined) throw new Error('there is nothing to choose from');
  return one;
}
