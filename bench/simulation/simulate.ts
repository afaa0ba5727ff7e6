/**
 * What many nodes say to each other: the leases, the control and the broker of each node run in one process, on one Redis
 * in memory and on a clock that is set forward. No socket is open.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRedisControl } from '../../src/broker/control/redis-control.ts';
import type { Control, Order, Question } from '../../src/broker/control/control.ts';
import { createRedisBroker } from '../../src/broker/redis/redis-broker.ts';
import type { Broker } from '../../src/broker/broker.ts';
import type { Redis } from '../../src/redis/redis.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { NodeLease, nodeOfLease } from '../../src/redis/node-lease.ts';
import { FakeClock } from '../../src/system/clock-harness.ts';
import { MemoryRedis, type RedisTraffic } from './memory-redis.ts';

/** How long the nodes are left alone to see what they cost without work, in seconds. */
const IDLE_SECONDS = 60;
/** Turns in which everything that is under way is done. */
const TURNS = 20;
const QUESTION_MS = 1_000;

interface SimulatedNode {
  readonly redis: Redis;
  readonly lease: NodeLease;
  readonly control: Control;
  readonly broker: Broker;
  /** Orders that it has obeyed. */
  obeyed: number;
  /** Publications that were brought to it. */
  heard: number;
}

/** What one thing costs all of Redis. */
export interface Cost {
  readonly calls: number;
  readonly deliveries: number;
}

export interface Simulated {
  readonly nodes: number;
  /** For each second without any work. */
  readonly idle: Cost;
  /** One order to all nodes, such as `disconnect`, with what all nodes answer. */
  readonly order: Cost;
  /** One question to all nodes, such as `info`. */
  readonly question: Cost;
  /** One publication in a room that has members on all nodes. */
  readonly everywhere: Cost;
  /** One publication in a room that has members on two nodes. */
  readonly onTwo: Cost;
  /** How long it takes until all others know that a node has died, in seconds. */
  readonly deadAfterSeconds: number;
  /** Orders that a node has obeyed less or more than once. */
  readonly faults: number;
}

export async function simulate(count: number): Promise<Simulated> {
  const clock = new FakeClock();
  const redis = new MemoryRedis(clock);
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, index) => startNode(redis, clock, index)),
  );
  const pass = async (ms: number): Promise<void> => {
    clock.increment(ms);
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
  };
  const cost = async (act: () => unknown): Promise<Cost> => {
    redis.takeTraffic();
    const acting = act();
    await pass(0);
    await acting;
    return toCost(redis.takeTraffic());
  };
  // The first beats find out who there is.
  for (let second = 0; second < 30; second += 1) await pass(1_000);

  redis.takeTraffic();
  for (let second = 0; second < IDLE_SECONDS; second += 1) await pass(1_000);
  const all = toCost(redis.takeTraffic());
  const idle = { calls: all.calls / IDLE_SECONDS, deliveries: all.deliveries / IDLE_SECONDS };

  const [first, second] = nodes as [SimulatedNode, SimulatedNode];
  const order = await cost(() => first.control.order({ type: 'disconnect', who: { user: 'ann' } }));
  const question = await cost(() => first.control.survey({ type: 'nodes' }, QUESTION_MS));
  for (const { broker } of nodes) await broker.subscribe('everywhere');
  for (const { broker } of [first, second]) await broker.subscribe('two');
  const everywhere = await cost(() => first.broker.publish('everywhere', 'text', {}));
  const onTwo = await cost(() => first.broker.publish('two', 'text', {}));
  const faults =
    nodes.filter(({ obeyed }) => obeyed !== 1).length +
    nodes.filter(({ heard }, index) => heard !== (index < 2 ? 2 : 1)).length;

  const dead = nodes.pop();
  const deadAfterSeconds = await findDeath(nodes, dead, pass);
  return { nodes: count, idle, order, question, everywhere, onTwo, deadAfterSeconds, faults };
}

async function startNode(redis: MemoryRedis, clock: FakeClock, index: number): Promise<SimulatedNode> {
  const keys = new RedisKeys('simulated');
  const node = `node-${index}`;
  const shared = { redis: redis.connect(), keys, node, clock };
  const lease = new NodeLease(shared);
  const broker = createRedisBroker(shared);
  const control = createRedisControl({
    ...shared,
    publish: 'PUBLISH',
    livingNodes: async () => lease.leases.living.map(nodeOfLease),
    onFault(error) {
      throw error;
    },
  });
  const simulated = { redis: shared.redis, lease, control, broker, obeyed: 0, heard: 0 };
  control.attach({
    id: node,
    obey(_: Order) {
      simulated.obeyed += 1;
      return false;
    },
    answer: (_: Question) => ({ uid: node, connections: 1_000, rooms: 100 }),
  });
  broker.attach({ publication: () => void (simulated.heard += 1), broadcast: () => undefined });
  await control.open?.();
  await lease.begin();
  return simulated;
}

/** Ends the beats of a node, and waits until no other one counts it. */
async function findDeath(
  others: readonly SimulatedNode[],
  dead: SimulatedNode | undefined,
  pass: (ms: number) => Promise<void>,
): Promise<number> {
  const id = dead?.lease.id ?? '';
  await dead?.redis.close();
  for (let second = 1; second < 60; second += 1) {
    await pass(1_000);
    if (others.every(({ lease }) => !lease.leases.living.includes(id))) return second;
  }
  return Infinity;
}

function toCost({ calls, deliveries }: RedisTraffic): Cost {
  return { calls: [...calls.values()].reduce((sum, count) => sum + count, 0), deliveries };
}
