/** The Redis of the settings, with the links to its servers: what several nodes share goes through it. */

import type { Broker } from '../../broker/broker.ts';
import type { Control } from '../../broker/control/control.ts';
import { createRedisControl } from '../../broker/control/redis-control.ts';
import type { Presence } from '../../broker/presence/presence.ts';
import { createRedisPresence } from '../../broker/presence/redis-presence.ts';
import { createRedisBroker } from '../../broker/redis/redis-broker.ts';
import { NodeLease, nodeOfLease } from '../../redis/node-lease.ts';
import type { MembershipStore } from '../../storage/membership-store.ts';
import { createRedisMembershipStore } from '../../storage/redis/redis-store.ts';
import { createRedisRevocations } from '../../storage/revocations/redis-revocations.ts';
import type { RevocationStore } from '../../storage/revocations/revocation-store.ts';
import type { CreateOutbox } from '../../webhooks/outbox/create-outbox.ts';
import { createRedisOutboxes } from '../../webhooks/outbox/redis-outbox.ts';
import { DEFAULT_REDIS_LINK_POLICY } from '../../actors/redis/redis-link-events.ts';
import { createRedisLinks, type RedisLinks } from '../../actors/redis/redis-links.ts';
import type { Machines } from '../../actors/machines.ts';
import type { Settings } from '../../config/schema/settings.ts';
import type { EventSink } from '../../events/server-events.ts';
import { RedisKeys } from '../../redis/keys.ts';
import { LinkedRedis } from '../../redis/linked-redis.ts';
import { addressOf } from '../../redis/redis-address.ts';
import type { Redis, RedisScript } from '../../redis/redis.ts';
import { RestoredListeners } from '../../redis/restored-listeners.ts';
import { ServerLink } from '../../redis/server-link.ts';
import type { Clock } from '../../system/clock.ts';

/** How long the start waits for a Redis that is required, in milliseconds. */
const REQUIRED_WITHIN_MS = 10_000;

export interface RedisPartsInput {
  readonly settings: Settings['redis'];
  /** The id of this node. */
  readonly node: string;
  readonly machines: Pick<Machines, 'redisLink'>;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly onError: (error: unknown, where: string) => void;
}

export interface RedisParts {
  readonly redis: Redis;
  readonly links: RedisLinks;
  readonly broker: Broker;
  readonly presence: Presence;
  readonly control: Control;
  readonly store: MembershipStore;
  readonly revocations: RevocationStore;
  readonly createOutbox: CreateOutbox;
  /**
   * Connects. Resolves when Redis can be used, or when it turns out that it cannot.
   * @throws an error when it cannot be used and is required.
   */
  start(): Promise<void>;
}

/** Nothing where the settings name no Redis. */
export function createRedisParts(input: RedisPartsInput): RedisParts | undefined {
  const { settings, node, machines, clock, events, onError } = input;
  const { url, prefix, caFile, required } = settings;
  if (url === undefined) return undefined;
  const keys = new RedisKeys(prefix);
  const links = createRedisLinks({
    machine: machines.redisLink,
    policy: DEFAULT_REDIS_LINK_POLICY,
    clock,
    events,
    random: Math.random,
  });
  const scripts = new Set<RedisScript>();
  const servers = [url].flat().map(
    (each) =>
      new ServerLink({
        address: addressOf(each),
        url: each,
        caFile,
        scripts,
        formatKey: keys.format,
        probeChannel: keys.probe(node),
        onUsed: (link) => redis.tellUsed(link),
      }),
  );
  const restored = new RestoredListeners((error) =>
    onError(error, 'what follows a lost connection to Redis'),
  );
  const redis = new LinkedRedis(servers, restored, async () => links.stop());
  const lease = new NodeLease({ redis, keys, node, clock });
  const shared = { redis, keys, node, lease, clock };
  const livingNodes = async (): Promise<readonly string[]> => {
    await lease.begin();
    return lease.leases.living.map(nodeOfLease);
  };
  return {
    redis,
    links,
    broker: createRedisBroker(shared),
    presence: createRedisPresence(shared),
    control: createRedisControl({
      ...shared,
      livingNodes,
      publish: settings.cluster ? 'SPUBLISH' : 'PUBLISH',
      onFault: (error) => events.emit('part.failed', { part: 'control', error }),
    }),
    store: createRedisMembershipStore(shared),
    revocations: createRedisRevocations(shared),
    createOutbox: createRedisOutboxes({ ...shared, living: async () => new Set(await livingNodes()) }),
    async start() {
      for (const server of servers) links.start(server);
      await (required ? links.ready(REQUIRED_WITHIN_MS) : links.settled());
    },
  };
}
