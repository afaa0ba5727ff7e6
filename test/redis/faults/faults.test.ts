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
import { startReceiver, withoutRepeats, type ReceivedEvent } from '../support/webhook-receiver.ts';

const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 1);
/** Longer than the lease of a node, and than webhooks take. */
const LEASE_MS = 30_000;
const LOOK_MS = 250;
const SECRET = 'the secret of the receiver';

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
  test.each(Object.keys(FAULTS))('hold when %s', { timeout: 90_000 * ROUNDS }, async (name) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await redis().command('FLUSHALL');
      expect(await runRound(redis(), FAULTS[name]!), `round ${round}`).toEqual([]);
    }
  });
});

/** Returns what is wrong after the fault. */
async function runRound(
  redis: RedisServer,
  fault: (place: Place) => Promise<void>,
): Promise<readonly string[]> {
  const receiver = await startReceiver();
  const webhooks = [{ name: 'members', url: receiver.url, secret: SECRET, events: ['member.*'] }];
  const nodes = prepareNodes(redis.url, { webhooks });
  const stable = await nodes.start();
  const other = await nodes.start();
  const room = new ObservedRoom('observed');
  for (const [index, node] of [stable, other, stable, other].entries()) {
    await room.observe(node, `client ${index}`);
  }
  const speaking = Promise.all([room.speak(() => nodes.all, 1), room.speak(() => nodes.all, 5)]);
  await sleep(300 + random(300));
  await fault({ redis, nodes });
  await sleep(700);
  room.stop();
  await speaking;
  // Clients of a node that is gone do not find it again: they are not counted any more.
  room.forget((observer) => !nodes.all.some(({ url }) => url === observer.url));
  const faults = await room.check();
  const present = new Set(room.observers.map(({ client }) => clientIdOf(client.centrifuge)));
  for (let waited = 0; waited < LEASE_MS; waited += LOOK_MS) {
    const wrong = [...(await compareMembers(nodes, present)), ...compareEvents(receiver.taken(), present)];
    if (wrong.length === 0) return faults;
    await sleep(LOOK_MS);
  }
  return [...faults, ...(await compareMembers(nodes, present)), ...compareEvents(receiver.taken(), present)];
}

/** Whether each node knows who is there. */
async function compareMembers({ all }: Nodes, present: ReadonlySet<string>): Promise<string[]> {
  const answers = await Promise.all(
    all.map(async (node) => presentIn(await ask(node, 'presence', { channel: 'observed' }))),
  );
  return answers.flatMap((found, index) => [
    ...found.filter((id) => !present.has(id)).map((id) => `${id} is a ghost for node ${index}`),
    ...[...present].filter((id) => !found.includes(id)).map((id) => `${id} is missing for node ${index}`),
  ]);
}

/** Whether one leave was told for each join of a member that is not there any more. */
function compareEvents(events: readonly ReceivedEvent[], present: ReadonlySet<string>): string[] {
  const told = withoutRepeats(events);
  const count = (type: string, id: string): number =>
    told.filter((event) => event.type === type && event.client === id).length;
  const known = new Set([...told.map(({ client = '' }) => client), ...present]);
  return [...known].flatMap((id) => {
    const [joined, left] = [count('member.joined', id), count('member.left', id)];
    // Who has missed something leaves and joins again.
    const expected = joined - (present.has(id) ? 1 : 0);
    return left === expected ? [] : [`${left} leaves and ${joined} joins of ${id} were told`];
  });
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
