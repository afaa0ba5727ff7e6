/** The Redis of a server, with its links, without the server. */

import { createMachines } from '../../src/actors/machines.ts';
import { NO_OBSERVER } from '../../src/actors/runtime/live-machine.ts';
import { parseSettings } from '../../src/config/parse-settings.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import type { Redis } from '../../src/redis/redis.ts';
import { createRedisParts } from '../../src/server/nodes/redis-parts.ts';
import { systemClock } from '../../src/system/clock.ts';

export interface LinkedForTest {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  /** The names of the events that were told, such as `redis.failed`. */
  readonly told: readonly string[];
  /** The state of each link. */
  states(): string[];
  /** Why links are not ready. */
  errors(): string[];
  /** Resolves when all links are ready. */
  ready(): Promise<void>;
}

let made = 0;

/** @param settings Those of `redis`. It is stopped when the function has ended. */
export async function linkRedis(
  settings: object,
  use: (linked: LinkedForTest) => Promise<void>,
): Promise<void> {
  made += 1;
  const parsed = parseSettings({ redis: { prefix: `t${made}`, ...settings } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const told: string[] = [];
  const parts = createRedisParts({
    settings: parsed.settings.redis,
    node: `node${made}`,
    machines: createMachines(NO_OBSERVER, () => systemClock.monotonic()),
    clock: systemClock,
    events: { emit: (name) => void told.push(name), isHeard: () => true },
    onError: (error) => {
      throw error;
    },
  });
  if (parts === undefined) throw new Error('the settings have no url');
  const { redis, links } = parts;
  const keys = new RedisKeys(parsed.settings.redis.prefix);
  try {
    await parts.start();
    await use({
      redis,
      keys,
      told,
      states: () => links.states().map(({ state }) => state),
      errors: () => links.states().flatMap(({ error }) => (error === undefined ? [] : [error])),
      ready: () => links.ready(10_000),
    });
  } finally {
    await redis.close();
  }
}
