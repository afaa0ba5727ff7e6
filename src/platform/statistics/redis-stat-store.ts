/** A store of call statistics in Redis, which several processes share. */

import { randomUUID } from 'node:crypto';
import type { RedisClientType } from 'redis';
import { startQuietTimer, systemClock, type Clock } from '../../system/clock.ts';
import { ADD_SCRIPT, TAKE_SCRIPT, toCounts, toText } from './redis-stat-scripts.ts';
import { nameKey, type StatEntry } from './stat-counts.ts';
import type { StatStore } from './stat-store.ts';
import { DEFAULT_STAT_KEYS } from './stat-table.ts';

/** How long a call of Redis may take, connecting included. */
const DEADLINE_MS = 2_000;
const DEFAULT_PREFIX = 'statecast';

export interface RedisStatStoreOptions {
  /** `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS. */
  readonly url: string;
  /** The statistics are in the hash `PREFIX:statistics`, and keys below it; processes with one prefix share them. Default `statecast`. */
  readonly prefix?: string;
  /** While so many different keys wait, calls of new keys are dropped. Default 10,000. */
  readonly maxKeys?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/**
 * Makes a store in Redis 6.2 or later. It connects at its first call, and again at the next call after a failure. A call
 * that takes longer than 2 s rejects. Redis may do its work all the same, so it remembers it for 10 minutes: the same batch
 * is not added again, and what a rejected `take` took is put back by the next. Counts are lost only if the process ends
 * before that.
 * @throws {TypeError} for a URL that is none of Redis.
 */
export function createRedisStatStore(options: RedisStatStoreOptions): StatStore {
  const { url, prefix = DEFAULT_PREFIX, maxKeys = DEFAULT_STAT_KEYS, clock = systemClock } = options;
  // The URL may have a password, so the error does not show it.
  if (!isRedisUrl(url)) throw new TypeError('the URL of Redis should be redis://HOST:PORT');
  const key = `${prefix}:statistics`;
  /** What the last `take` of this store returned. */
  const takenKey = `${key}:taken:${randomUUID()}`;
  let takes = 0;
  let answeredTake = 0;
  let connection: Connection | undefined;

  /** Runs a script on the statistics and on the key that remembers what it did. */
  async function run(script: string, memoryKey: string, args: readonly string[]): Promise<unknown> {
    if (connection?.client?.isReady === false) drop(connection);
    connection ??= open(url);
    const mine = connection;
    try {
      return await within(
        clock,
        mine.opened.then((client) => client.eval(script, { keys: [key, memoryKey], arguments: [...args] })),
      );
    } catch (error) {
      drop(mine);
      throw error;
    }
  }

  /** Lets a connection go: the next call makes a new one. */
  function drop(dropped: Connection): void {
    if (connection === dropped) connection = undefined;
    destroy(dropped);
  }

  return {
    async add(entries, batch = randomUUID()) {
      if (entries.length === 0) return;
      const pairs = entries.flatMap((entry) => [nameKey(entry.key), toText(entry.counts)]);
      await run(ADD_SCRIPT, `${key}:added:${batch}`, [String(maxKeys), ...pairs]);
    },
    async take(limit) {
      const number = ++takes;
      const args = [limit, number, answeredTake].map(String);
      const pairs = (await run(TAKE_SCRIPT, takenKey, args)) as readonly string[];
      answeredTake = number;
      return Array.from({ length: pairs.length / 2 }, (_, index) =>
        toEntry(pairs[2 * index]!, pairs[2 * index + 1]!),
      );
    },
    async close() {
      if (connection !== undefined) drop(connection);
    },
  };
}

function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\//.test(text) && URL.canParse(text);
}

interface Connection {
  /** Undefined until the library is loaded. */
  client?: RedisClientType;
  /** It is to be dropped as soon as there is a client. */
  isDropped: boolean;
  readonly opened: Promise<RedisClientType>;
}

function open(url: string): Connection {
  const connection: Connection = { isDropped: false, opened: connect() };
  connection.opened.catch(() => {});
  return connection;

  async function connect(): Promise<RedisClientType> {
    const { createClient } = await import('redis');
    const client: RedisClientType = createClient({
      url,
      RESP: 3,
      // A command fails at once without a connection, and has no timer of its own: the whole call has one.
      disableOfflineQueue: true,
      commandOptions: { timeout: 0 },
      socket: { reconnectStrategy: false, connectTimeout: DEADLINE_MS },
    });
    connection.client = client;
    // Calls reject with what went wrong; without a listener it would end the process.
    client.on('error', () => {});
    if (!connection.isDropped) await client.connect();
    if (connection.isDropped) destroy(connection);
    return client;
  }
}

function destroy(connection: Connection): void {
  connection.isDropped = true;
  if (connection.client?.isOpen === true) connection.client.destroy();
}

function toEntry(name: string, counts: string): StatEntry {
  const [server, func, host, port, ret] = JSON.parse(name) as [string, string, string, number, number];
  return { key: { server, func, host, port, ret }, counts: toCounts(counts) };
}

/** Waits for a call, but not longer than its deadline. */
function within<Result>(clock: Clock, call: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`Redis did not answer in ${DEADLINE_MS} ms`));
    const timer = startQuietTimer(clock, late, DEADLINE_MS);
    call.then(resolve, reject).finally(() => clock.clearTimeout(timer));
  });
}
