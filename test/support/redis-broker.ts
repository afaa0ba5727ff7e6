/** Nodes with a broker on Redis, whose connection loses what a test wants. */

import { randomUUID } from 'node:crypto';
import type { Broker, BrokerListener } from '../../src/broker/broker.ts';
import { createRedisBroker, type RedisBroker } from '../../src/broker/redis/redis-broker.ts';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { RedisDownError, RedisLostError, type Redis, type Restored } from '../../src/redis/redis.ts';
import { systemClock, type Clock } from '../../src/system/clock.ts';

/** What becomes of a call of a script. */
export type Fate = 'done' | 'down' | 'lost before it is done' | 'lost after it is done' | 'never answered';

export interface RedisNode {
  readonly broker: RedisBroker;
  readonly keys: RedisKeys;
  readonly redis: Redis;
  /** Of the next calls of scripts, in their order; all others are done. */
  readonly fates: Fate[];
  /** How many messages will not come. */
  lose: number;
  /** Tells that the connection was lost and is there again. */
  restore(): void;
  close(): Promise<void>;
}

/** @param listener It is told from the first message on. */
export async function connectRedisBroker(
  url: string,
  prefix: string,
  clock: Clock = systemClock,
  listener?: BrokerListener,
): Promise<RedisNode> {
  const direct = await connectDirectly(url);
  const restored = new Set<(restored: Restored) => void>();
  const redis: Redis = {
    ...direct,
    async run(script, keys, args) {
      const fate = node.fates.shift();
      if (fate === 'down') throw new RedisDownError('down');
      if (fate === 'lost before it is done') throw new RedisLostError('lost');
      if (fate === 'never answered') return new Promise(() => undefined);
      const reply = await direct.run(script, keys, args);
      if (fate === 'lost after it is done') throw new RedisLostError('lost');
      return reply;
    },
    subscribe: (channel, hear) =>
      direct.subscribe(channel, (message) => {
        if (node.lose > 0) node.lose -= 1;
        else hear(message);
      }),
    onRestored(told) {
      restored.add(told);
      return () => void restored.delete(told);
    },
  };
  const keys = new RedisKeys(prefix);
  const broker = createRedisBroker({ redis, keys, node: randomUUID(), clock });
  const node: RedisNode = {
    broker,
    keys,
    redis: direct,
    fates: [],
    lose: 0,
    restore: () => restored.forEach((told) => told({ affects: () => true })),
    async close() {
      await broker.close();
      await direct.close();
    },
  };
  if (listener !== undefined) broker.attach(listener);
  // Behind it, the channel of all nodes is subscribed.
  await broker.subscribe('first');
  await broker.unsubscribe('first');
  return node;
}

/** Closes the connection with the broker. */
export async function connectClosing(url: string, prefix: string): Promise<Broker> {
  const { broker, redis } = await connectRedisBroker(url, prefix);
  const close = broker.close.bind(broker);
  return Object.assign(broker, {
    async close() {
      await close();
      await redis.close();
    },
  });
}
