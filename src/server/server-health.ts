/** What a server tells of how it is, for `/health`, the library and a platform. */

import { getHeapStatistics } from 'node:v8';
import type { Backends } from '../actors/backend/backends.ts';
import type { Directory } from '../actors/directory.ts';
import type { Servants } from '../actors/servant/servants.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Health, WorkerHealth } from '../http/health-route.ts';
import type { Clock } from '../system/clock.ts';
import { VERSION } from '../system/package-info.ts';
import type { ChosenTransport } from '../transport/choose-transport.ts';
import { whoMayWatch } from './inspection.ts';
import { describeStates } from './servants/servant-links.ts';
import type { RedisParts } from './nodes/redis-parts.ts';
import type { Webhooks } from './webhooks/create-webhooks.ts';
import type { Restoration } from './restoration.ts';
import type { ServerLife } from './server-life.ts';
import type { StatecastServer } from './server-options.ts';
import { watchStore } from './store-health.ts';

/** From this share on, something is nearly used up. */
const SHORT = 0.9;
const MIB = 1024 * 1024;

/** In bytes. */
interface Memory {
  readonly used: number;
  readonly limit: number;
}

interface Usage extends Memory {
  readonly what: string;
}

export interface HealthInput {
  readonly settings: StatecastServer['settings'];
  readonly life: Pick<ServerLife, 'isDraining'>;
  readonly restoration: Pick<Restoration, 'progress'>;
  readonly directory: Directory;
  readonly servants: Servants;
  readonly backends: Pick<Backends, 'backends'>;
  readonly webhooks: Pick<Webhooks, 'health'>;
  readonly redis: RedisParts | undefined;
  readonly events: EventBus;
  readonly clock: Clock;
  /** How many connections the server takes. */
  readonly maxConnections: number;
  /** Default: that of the heap of this process. */
  readonly readMemory?: () => Memory;
  readonly transport: Pick<ChosenTransport, 'name' | 'reason'>;
  /** All processes that serve, if they are several. */
  readonly workers?: (() => readonly WorkerHealth[]) | undefined;
}

export function createHealth({
  settings,
  life,
  restoration,
  directory,
  servants,
  backends: { backends },
  webhooks,
  redis,
  events,
  clock,
  maxConnections,
  readMemory = readHeap,
  transport: { name, reason },
  workers,
}: HealthInput): () => Health {
  const store = watchStore(events);
  const startedAt = clock.monotonic();
  return () => {
    const { isFailing } = store;
    const states = describeStates(servants.states());
    const ofWebhooks = webhooks.health();
    const ofRedis = redis?.links.states() ?? [];
    const reasons = [
      ...(isFailing ? ['the store fails'] : []),
      ...ofRedis
        .filter(({ state }) => state !== 'ready')
        .map(({ address }) => `Redis at ${address} cannot be used`),
      ...findShortages([
        { what: 'connections', used: directory.connections.size, limit: maxConnections },
        { what: 'rooms', used: directory.rooms.size, limit: settings.limits.rooms },
        { what: 'MiB of memory', ...toMebibytes(readMemory()) },
      ]),
    ];
    const isDegraded = reasons.length > 0;
    return {
      status: life.isDraining ? 'draining' : isDegraded ? 'degraded' : 'ok',
      ...(isDegraded && { reasons }),
      version: VERSION,
      uptimeSeconds: Math.floor((clock.monotonic() - startedAt) / 1000),
      connections: directory.connections.size,
      rooms: directory.rooms.size,
      store: isFailing ? 'failing' : 'ok',
      ...(restoration.progress !== undefined && { restoring: restoration.progress }),
      transport: { name, ...(reason !== undefined && { reason }) },
      ...(workers !== undefined && { workers: workers() }),
      ...(isFailing && { errors: store.errors() }),
      ...(Object.keys(states).length > 0 && { servants: states }),
      ...(backends.size > 0 && { backends: countStates(backends) }),
      ...(ofRedis.length > 0 && { redis: ofRedis }),
      ...(Object.keys(ofWebhooks).length > 0 && { webhooks: ofWebhooks }),
      features: {
        userParameter: settings.line.userParameter,
        demo: settings.demo,
        inspector: settings.inspector.enabled,
        inspectorOpen: whoMayWatch(settings) !== 'nobody',
      },
    };
  };
}

function countStates(backends: HealthInput['backends']['backends']): Record<string, number> {
  const counts: Record<string, number> = {};
  const states = Object.fromEntries([...backends].map(([name, actor]) => [name, actor.getSnapshot().value]));
  for (const state of Object.values(describeStates(states))) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function findShortages(usages: readonly Usage[]): string[] {
  return usages
    .filter(({ used, limit }) => used >= SHORT * limit)
    .map(({ what, used, limit }) => `${used} of ${limit} ${what} are in use`);
}

function readHeap(): Memory {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return { used, limit };
}

function toMebibytes({ used, limit }: Memory): Memory {
  return { used: Math.round(used / MIB), limit: Math.round(limit / MIB) };
}
