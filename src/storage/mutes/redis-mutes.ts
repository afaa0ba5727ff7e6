/** Which rooms are muted, in Redis, for all nodes: a set of their names. */

import type { RedisKeys } from '../../redis/keys.ts';
import type { Redis, RedisReply } from '../../redis/redis.ts';
import type { MuteStore } from './mute-store.ts';

export interface RedisMutesOptions {
  readonly redis: Redis;
  readonly keys: RedisKeys;
}

export function createRedisMutes({ redis, keys }: RedisMutesOptions): MuteStore {
  const key = keys.muted;
  const change = (command: 'SADD' | 'SREM', rooms: readonly string[]): Promise<RedisReply> | undefined =>
    rooms.length === 0 ? undefined : redis.command(key, [command, key, ...rooms]);

  return {
    async load() {
      const reply = await redis.command(key, ['SMEMBERS', key]);
      return (reply as readonly RedisReply[]).map(String);
    },

    async write(changes) {
      const latest = [...new Map(changes.map(({ room, muted }) => [room, muted]))];
      const roomsThatAre = (wanted: boolean): string[] =>
        latest.filter(([, muted]) => muted === wanted).map(([room]) => room);
      await Promise.all([change('SADD', roomsThatAre(true)), change('SREM', roomsThatAre(false))]);
    },

    async close() {},

    onRestored: (listener) =>
      redis.onRestored((restored) => {
        if (restored.affects(key)) listener(restored.isEmptied);
      }),
  };
}
