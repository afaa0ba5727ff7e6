/** The settings `redis`, a part of the schema: the Redis that several servers share. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';

/** What a URL of a server of Redis may be. */
export const SERVER_URL = 'a URL: redis://[USER:PASSWORD@]HOST:PORT[/DATABASE], or rediss:// for TLS';
const HOST_PORT = /^(?:\[[\da-f:.]+\]|[^\s:[\]{}/@]+):\d{1,5}$/i;

/** Whether it names a server of Redis. The library refuses another path than the number of a database. */
export function isServerUrl(text: string): boolean {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname } = new URL(text);
  return hostname !== '' && /^(?:\/\d*)?$/.test(pathname);
}

const serverUrl = z.string().refine(isServerUrl).register(fieldNotes, { allowed: SERVER_URL, secret: true });

export const redisSchema = z.strictObject({
  url: z
    .union([z.array(serverUrl).min(1), serverUrl])
    .optional()
    .describe(
      'The Redis (7.0 or later) that this server shares with others: rooms, presence, history and orders are those of all of them. With several URLs, rooms are spread over these servers of Redis; with `redis.cluster`, they are places where the cluster is asked.',
    )
    .register(fieldNotes, { secret: true, allowed: `${SERVER_URL}; or a list of them` }),
  prefix: z
    .string()
    .regex(/^[^{}\s]{1,64}$/)
    .default('statecast')
    .describe('The start of the names of all keys and channels. Servers with the same one belong together.')
    .register(fieldNotes, { allowed: 'a text of at most 64 characters, without braces and spaces' }),
  required: z
    .boolean()
    .default(false)
    .describe(
      'Fail to start if Redis cannot be used within 10 seconds. Otherwise the server starts, refuses what needs Redis, and goes on by itself when it is there.',
    ),
  sentinels: z
    .array(z.string().regex(HOST_PORT).register(fieldNotes, { allowed: 'an address such as 10.0.0.5:26379' }))
    .default([])
    .describe(
      'Sentinels, which tell where the master is. User, password, database and TLS are then those of `redis.url`, and its host is not used.',
    )
    .register(fieldNotes, { allowed: 'a list of HOST:PORT' }),
  sentinelMaster: z
    .string()
    .regex(/^\S+$/)
    .optional()
    .describe('The name of the master that the sentinels watch.')
    .register(fieldNotes, { allowed: 'a name' }),
  cluster: z
    .boolean()
    .default(false)
    .describe('`redis.url` is a Redis Cluster. Rooms are spread over its masters.'),
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A file with the certificates (PEM) of those who may vouch for Redis, for `rediss://`. Default: those of Node.js.',
    )
    .register(fieldNotes, { allowed: 'a path' }),
});
