/** The settings `redis` that do not go together. */

import type * as z from 'zod';
import type { redisSchema } from './schema/redis-schema.ts';

export interface RedisProblem {
  readonly field: keyof z.output<typeof redisSchema>;
  readonly allowed: string;
}

/** The problems of the settings `redis` among each other. */
export function findRedisProblems(redis: z.output<typeof redisSchema>): RedisProblem[] {
  const { url, required, sentinels, sentinelMaster, cluster, caFile } = redis;
  const problems: RedisProblem[] = [];
  const require = (isGood: boolean, field: RedisProblem['field'], allowed: string): void => {
    if (!isGood) problems.push({ field, allowed });
  };
  if (url === undefined) {
    const alone = 'nothing, unless redis.url is set';
    require(!required, 'required', alone);
    require(sentinels.length === 0, 'sentinels', alone);
    require(sentinelMaster === undefined, 'sentinelMaster', alone);
    require(!cluster, 'cluster', alone);
    require(caFile === undefined, 'caFile', alone);
    return problems;
  }
  const urls = [url].flat().map((text) => new URL(text));
  const places = new Set(urls.map(({ host, pathname }) => `${host}${pathname}`));
  require(places.size === urls.length, 'url', 'different servers: one is in the list twice');
  const schemes = new Set(urls.map(({ protocol }) => protocol));
  require(schemes.size === 1, 'url', 'redis:// for all servers, or rediss:// for all');
  require(caFile === undefined ||
    schemes.has('rediss:'), 'caFile', 'nothing, unless redis.url begins with rediss://');
  const usesSentinels = sentinels.length > 0;
  require(!usesSentinels ||
    sentinelMaster !== undefined, 'sentinelMaster', 'the name of the master, with redis.sentinels');
  require(usesSentinels ||
    sentinelMaster === undefined, 'sentinelMaster', 'nothing, unless redis.sentinels is set');
  require(!usesSentinels || urls.length === 1, 'url', 'one URL with redis.sentinels');
  require(!usesSentinels || !cluster, 'cluster', 'false with redis.sentinels');
  const isZero = urls.every(({ pathname }) => ['', '/', '/0'].includes(pathname));
  require(!cluster || isZero, 'url', 'no database but 0 with redis.cluster');
  return problems;
}
