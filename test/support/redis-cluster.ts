/** A Redis Cluster of three masters, for tests. */

import { pickPort } from './pick-port.ts';
import { startRedis, type StartedRedis } from './redis.ts';

export interface RedisCluster {
  readonly servers: readonly StartedRedis[];
  readonly urls: readonly string[];
  /** The server that has a slot now. */
  ownerOf(slot: number): Promise<StartedRedis>;
  /** Moves a slot with its keys, as resharding does. */
  moveSlot(slot: number, to: StartedRedis): Promise<void>;
  close(): Promise<void>;
}

const SLOTS = 16_384;
const COUNT = 3;

export async function startCluster(): Promise<RedisCluster> {
  const servers = await Promise.all(
    Array.from({ length: COUNT }, async () =>
      startRedis({
        args: [
          '--cluster-enabled',
          'yes',
          '--cluster-port',
          String(await pickPort()),
          '--cluster-require-full-coverage',
          'no',
          '--cluster-node-timeout',
          '2000',
        ],
      }),
    ),
  );
  const [first, ...others] = servers as [StartedRedis, ...StartedRedis[]];
  await Promise.all(
    servers.map((server, index) =>
      server.command(
        'CLUSTER',
        'ADDSLOTSRANGE',
        String(Math.floor((SLOTS * index) / COUNT)),
        String(Math.floor((SLOTS * (index + 1)) / COUNT) - 1),
      ),
    ),
  );
  for (const [index, server] of servers.entries()) {
    await server.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
  }
  for (const other of others) {
    const busPort = await busOf(other);
    await first.command('CLUSTER', 'MEET', '127.0.0.1', String(other.port), busPort);
  }
  await Promise.all(servers.map(untilWhole));

  const idOf = async (server: StartedRedis) => String(await server.command('CLUSTER', 'MYID'));
  const cluster: RedisCluster = {
    servers,
    urls: servers.map(({ url }) => url),
    async ownerOf(slot) {
      for (const server of servers) {
        const line = String(await server.command('CLUSTER', 'NODES'))
          .split('\n')
          .find((each) => each.includes('myself'));
        const ranges = line?.split(' ').slice(8) ?? [];
        const owns = ranges.some((range) => {
          const [from, to = from] = range.split('-');
          return Number(from) <= slot && slot <= Number(to);
        });
        if (owns) return server;
      }
      throw new Error(`no server has the slot ${slot}`);
    },
    async moveSlot(slot, to) {
      const from = await cluster.ownerOf(slot);
      const [source, target] = await Promise.all([idOf(from), idOf(to)]);
      await to.command('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', source);
      await from.command('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', target);
      const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', String(slot), '1000')) as string[];
      if (keys.length > 0) {
        await from.command('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
      }
      for (const server of [to, from, ...servers.filter((other) => other !== to && other !== from)]) {
        await server.command('CLUSTER', 'SETSLOT', String(slot), 'NODE', target);
      }
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
  return cluster;
}

/** The port of its cluster bus. */
async function busOf(server: StartedRedis): Promise<string> {
  const line = String(await server.command('CLUSTER', 'NODES')).split('\n')[0] ?? '';
  const bus = /@(\d+)/.exec(line)?.[1];
  if (bus === undefined) throw new Error(`no bus port in ${line}`);
  return bus;
}

async function untilWhole(server: StartedRedis): Promise<void> {
  for (;;) {
    const info = String(await server.command('CLUSTER', 'INFO'));
    if (info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${COUNT}`)) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
