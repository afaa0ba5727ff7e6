/**
 * Two nodes on one Redis, and what may happen to them, at moments that are chosen at random. After each fault, clients on
 * both nodes have seen every acknowledged publication once and in order, or were told that they have missed something;
 * presence tells the truth; and of each member that was lost one leave was told.
 *
 * `FAULT_ROUNDS=100 npx vitest run test/redis/faults.test.ts` goes on for longer.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ask } from '../support/api-request.ts';
import { prepareNodes, type Nodes } from '../support/nodes.ts';
import { ObservedRoom } from '../support/observed-room.ts';
import { describeWithRedis, type RedisServer } from '../support/redis.ts';

const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 1);
/** Longer than the lease of a node. */
const WITHIN = { timeout: 25_000 };

interface Place {
  readonly redis: RedisServer;
  readonly nodes: Nodes;
}

const FAULTS: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  'the connections of subscribers are cut': async ({ redis }) => {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
  },
  'all connections are cut': async ({ redis }) => {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
  },
  'Redis hangs for three seconds': async ({ redis }) => {
    redis.pause();
    await sleep(3_000);
    redis.resume();
  },
  'Redis is killed, and starts empty': async ({ redis }) => {
    await redis.kill();
    await sleep(random(1_000));
    await redis.start();
  },
  'the scripts are forgotten': async ({ redis }) => {
    await redis.command('SCRIPT', 'FLUSH');
  },
  'a position is evicted': async ({ redis }) => {
    await redis.command('DEL', 'statecast:pos:{observed}');
  },
  'a stream is evicted': async ({ redis }) => {
    await redis.command('DEL', 'statecast:stream:{observed}');
  },
  'a node pauses for longer than its lease': async ({ nodes }) => {
    const node = pick(nodes);
    node.kill('SIGSTOP');
    await sleep(11_000);
    node.kill('SIGCONT');
  },
  'a node is killed': async ({ nodes }) => {
    await nodes.kill(pick(nodes));
    await nodes.start();
  },
};

describeWithRedis('two nodes on Redis', (redis) => {
  test.each(Object.keys(FAULTS))('hold when %s', { timeout: 60_000 * ROUNDS }, async (name) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await redis().command('FLUSHALL');
      await runRound({ redis: redis(), nodes: prepareNodes(redis().url) }, FAULTS[name]!);
    }
  });
});

async function runRound(place: Place, fault: (place: Place) => Promise<void>): Promise<void> {
  const { nodes } = place;
  const stable = await nodes.start();
  const other = await nodes.start();
  const room = new ObservedRoom('observed');
  for (const [index, node] of [stable, other, stable, other].entries()) {
    await room.observe(node, `client ${index}`);
  }
  const speaking = Promise.all([room.speak(() => nodes.all, 1), room.speak(() => nodes.all, 5)]);
  await sleep(300 + random(300));
  await fault(place);
  await sleep(700);
  room.stop();
  await speaking;
  // Clients of a node that is gone do not find it again: they are not counted any more.
  room.forget((observer) => !nodes.all.some(({ url }) => url === observer.url));
  await room.check();
  const present = room.observers.map(({ client }) => client.centrifuge).map(clientIdOf);
  for (const node of nodes.all) {
    await expect
      .poll(async () => presentIn(await ask(node, 'presence', { channel: room.room })), WITHIN)
      .toEqual(present.toSorted());
  }
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

function pick({ all }: Nodes): Nodes['all'][number] {
  const node = all[random(all.length)];
  if (node === undefined) throw new Error('no node runs');
  return node;
}

function presentIn(answer: unknown): string[] {
  const { result } = answer as { result: { presence: Record<string, unknown> } };
  return Object.keys(result.presence).toSorted();
}

/** The id of the connection, which the SDK keeps to itself. */
function clientIdOf(centrifuge: object): string {
  return String((centrifuge as { _client: unknown })._client);
}
