/** The Redis of the settings, with the links to its servers: what several nodes share goes through it. */

import type { Broker } from '../../broker/broker.ts';
import type { Control } from '../../broker/control/control.ts';
import { createRedisControl } from '../../broker/control/redis-control.ts';
import type { Presence } from '../../broker/presence/presence.ts';
import { createRedisPresence } from '../../broker/presence/redis-presence.ts';
import { createRedisBroker } from '../../broker/redis/redis-broker.ts';
import { NodeLease, nodeOfLease, readLeases } from '../../redis/node-lease.ts';
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
import { ClusterMap } from '../../redis/servers/cluster-map.ts';
import { ClusterRedis } from '../../redis/servers/cluster-redis.ts';
import { RedisKeys } from '../../redis/keys.ts';
import type { RedisLinkPort } from '../../redis/link-port.ts';
import { LinkedRedis } from '../../redis/servers/linked-redis.ts';
import { addressOf } from '../../redis/redis-address.ts';
import type { Redis, RedisScript } from '../../redis/redis.ts';
import { RestoredListeners } from '../../redis/restored-listeners.ts';
import { createSentinels } from '../../redis/sentinels.ts';
import { ServerLink, type ServerLinkOptions } from '../../redis/server-link.ts';
import type { MuteStore } from '../../storage/mutes/mute-store.ts';
import { createRedisMutes } from '../../storage/mutes/redis-mutes.ts';
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
  /** What is not made costs nothing: without a part that needs a lease, the node has none. */
  createBroker(): Broker;
  createPresence(): Presence;
  createControl(): Control;
  createStore(): MembershipStore;
  createRevocations(): RevocationStore;
  createMutes(): MuteStore;
  readonly createOutbox: CreateOutbox;
  /**
   * Connects. Resolves when Redis can be used, or when it turns out that it cannot.
   * @throws an error when it cannot be used and is required.
   */
  start(): Promise<void>;
  /** Gives the lease back, and ends the links. To be called after the parts are closed. */
  close(): Promise<void>;
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
  const restored = new RestoredListeners((error) =>
    onError(error, 'what follows a lost connection to Redis'),
  );
  const close = async (): Promise<void> => links.stop();
  const common = { scripts: new Set<RedisScript>(), probeChannel: keys.probe(node), caFile, clock };
  const { redis, first } = settings.cluster
    ? linkCluster({ settings, urls: [url].flat(), keys, common, links, restored, close })
    : linkServers({ settings, urls: [url].flat(), keys, common, links, restored, close });
  const shared = { redis, keys, node, clock };
  let lease: NodeLease | undefined;
  const takeLease = (): NodeLease => (lease ??= new NodeLease(shared));
  return {
    redis,
    links,
    createBroker: () => createRedisBroker(shared),
    createPresence: () => createRedisPresence({ ...shared, lease: takeLease() }),
    createControl() {
      // By its lease, other nodes count this one.
      takeLease();
      return createRedisControl({
        ...shared,
        livingNodes: async () => (await readLeases(redis, keys)).map(nodeOfLease),
        onFault: (error) => events.emit('part.failed', { part: 'control', error }),
      });
    },
    createStore: () => createRedisMembershipStore({ ...shared, lease: takeLease() }),
    createRevocations: () => createRedisRevocations(shared),
    createMutes: () => createRedisMutes(shared),
    createOutbox: createRedisOutboxes({
      ...shared,
      async living() {
        const { leases } = await takeLease().begin();
        return new Set(leases.living.map(nodeOfLease));
      },
    }),
    async start() {
      for (const link of first) links.start(link);
      await (required ? links.ready(REQUIRED_WITHIN_MS) : links.settled());
    },
    async close() {
      try {
        await lease?.end();
      } finally {
        await redis.close();
      }
    },
  };
}

interface LinkInput {
  readonly settings: Settings['redis'];
  readonly urls: readonly string[];
  readonly keys: RedisKeys;
  readonly common: Pick<ServerLinkOptions, 'scripts' | 'probeChannel' | 'caFile' | 'clock'>;
  readonly links: RedisLinks;
  readonly restored: RestoredListeners;
  readonly close: () => Promise<void>;
}

interface Linked {
  readonly redis: Redis;
  /** The links that are there from the start. */
  readonly first: readonly RedisLinkPort[];
}

/** One server, or several over which the rooms are spread. */
function linkServers({ settings, urls, keys, common, restored, close }: LinkInput): Linked {
  const first = urls.map(
    (url) =>
      new ServerLink({
        ...common,
        address: nameOf(url, settings),
        locate: createLocate(url, settings),
        isMoving: settings.sentinels.length > 0,
        formatKey: keys.format,
        dataKey: keys.data,
        isSharded: false,
        onUsed: (link, isEmptied) => redis.tellUsed(link, isEmptied),
      }),
  );
  const redis = new LinkedRedis(first, restored, close);
  return { redis, first };
}

/** A Redis Cluster: the links to its masters start when it is known which they are. */
function linkCluster({ urls, keys, common, links, restored, close }: LinkInput): Linked {
  const map = new ClusterMap({
    address: `cluster at ${addressOf(urls[0]!)}`,
    urls,
    caFile: common.caFile,
    formatKey: keys.format,
    onTable: (table) => redis.take(table),
  });
  const redis = new ClusterRedis({
    restored,
    startLink(address, server) {
      const link = new ServerLink({
        ...common,
        address,
        locate: async () => map.urlOf(server),
        isMoving: false,
        formatKey: keys.format,
        dataKey: keys.data,
        isSharded: true,
        onMoved: () => map.probe(),
        onUsed: (used) => redis.tellUsed(used),
      });
      links.start(link);
      return link;
    },
    endLink: (link) => links.end(link),
    readTable: () => map.probe(),
    close,
  });
  return { redis, first: [map] };
}

/** What tells where a server is. */
function createLocate(url: string, settings: Settings['redis']): () => Promise<string> {
  const { sentinels, sentinelMaster: master, caFile } = settings;
  return master === undefined ? async () => url : createSentinels({ sentinels, master, url, caFile });
}

/** For people: with sentinels, the address changes and the name stays. */
function nameOf(url: string, { sentinelMaster }: Settings['redis']): string {
  return sentinelMaster === undefined ? addressOf(url) : `master ${sentinelMaster}`;
}
