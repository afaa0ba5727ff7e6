/** Several servers in this process, as nodes on one Redis. A node can be cut off, as if its process had been killed or stopped. */

import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createRedisControl } from '../../src/broker/control/redis-control.ts';
import { createRedisPresence } from '../../src/broker/presence/redis-presence.ts';
import { createRedisBroker } from '../../src/broker/redis/redis-broker.ts';
import type { ServerEventName, ServerOptions } from '../../src/index.ts';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { NodeLease, nodeOfLease } from '../../src/redis/node-lease.ts';
import { RedisDownError, type Redis, type Restored } from '../../src/redis/redis.ts';
import { createRedisMembershipStore } from '../../src/storage/redis/redis-store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { believeData } from './centrifuge-client.ts';
import { startServer, type RunningServer } from './start-server.ts';

/** Short, so that tests need not wait; a beat that is late by this much is not noticed. */
const BEAT_MS = 50;
const LIFE_MS = 600;

export interface RedisNode extends RunningServer {
  readonly redis: CutRedis;
  readonly lease: NodeLease;
}

/** What nodes have told of members, with the number of the node. */
export interface Told {
  readonly node: number;
  readonly name: ServerEventName;
  readonly room: string;
  readonly id: string;
  readonly user: string | undefined;
  readonly reason?: string;
}

export class RedisNodes {
  readonly nodes: RedisNode[] = [];
  readonly told: Told[] = [];
  readonly keys = new RedisKeys(randomUUID());
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async start(options: ServerOptions = {}, isCut = false): Promise<RedisNode> {
    const { keys } = this;
    const node = randomUUID();
    const redis = new CutRedis(await connectDirectly(this.#url));
    onTestFinished(() => redis.close());
    redis.isCut = isCut;
    const clock = systemClock;
    const lease = new NodeLease({ redis, keys, node, clock, beatMs: BEAT_MS, lifeMs: LIFE_MS });
    const number = this.nodes.length;
    const running = await startServer(
      {
        ...(options.line === undefined && { authenticate: believeData }),
        store: createRedisMembershipStore({ redis, keys, node, lease }),
        presence: createRedisPresence({ redis, keys, lease }),
        broker: createRedisBroker({ redis, keys, node, clock }),
        control: createRedisControl({
          redis,
          keys,
          livingNodes: async () => lease.leases.living.map(nodeOfLease),
          publish: 'PUBLISH',
          clock,
          onFault: () => undefined,
        }),
        ...options,
      },
      (server) => {
        for (const name of ['member.joined', 'member.left', 'member.away'] as const) {
          server.on(name, (event) => {
            const { id, user } = event.member;
            const reason = 'reason' in event ? { reason: event.reason } : {};
            this.told.push({ node: number, name, room: event.room, id, user, ...reason });
          });
        }
      },
    );
    const started = { ...running, redis, lease };
    this.nodes.push(started);
    return started;
  }

  /** What was told of a connection. */
  of(id: string): string[] {
    return this.told
      .filter((one) => one.id === id)
      .map(({ node, name, reason }) => [node, name, reason].filter((part) => part !== undefined).join(' '));
  }
}

/** Redis that can be cut off: it refuses all, and brings nothing. */
export class CutRedis implements Redis {
  readonly isSharded = false;
  readonly #redis: Redis;
  readonly #listeners = new Set<(restored: Restored) => void>();
  isCut = false;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  get isReady(): boolean {
    return !this.isCut;
  }

  /** Lets it be reached again, and tells so. */
  mend(): void {
    this.isCut = false;
    for (const listener of this.#listeners) listener({ affects: () => true });
  }

  run(...call: Parameters<Redis['run']>): ReturnType<Redis['run']> {
    return this.#unlessCut(() => this.#redis.run(...call));
  }

  command(...call: Parameters<Redis['command']>): ReturnType<Redis['command']> {
    return this.#unlessCut(() => this.#redis.command(...call));
  }

  publish(...call: Parameters<Redis['publish']>): Promise<void> {
    return this.#unlessCut(() => this.#redis.publish(...call));
  }

  subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    return this.#unlessCut(() =>
      this.#redis.subscribe(channel, (message) => {
        if (!this.isCut) listener(message);
      }),
    );
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#unlessCut(() => this.#redis.unsubscribe(channel));
  }

  onRestored(listener: (restored: Restored) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  #unlessCut<Value>(call: () => Promise<Value>): Promise<Value> {
    return this.isCut ? Promise.reject(new RedisDownError('Redis is cut off')) : call();
  }
}
