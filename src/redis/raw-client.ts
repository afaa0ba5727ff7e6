/** One connection of node-redis, as this server uses it: it is never made anew, and commands have no time-out. */

import { readFile } from 'node:fs/promises';
import type { RedisClientType } from 'redis';

export interface RawClientOptions {
  readonly url: string;
  /** A file with the certificates of those who may vouch for the server (TLS). */
  readonly caFile?: string | undefined;
  /** How long connecting may take, in milliseconds. */
  readonly connectMs: number;
}

/**
 * A client that is not connected yet.
 * @throws an error of the file.
 */
export async function createRawClient(options: RawClientOptions): Promise<RedisClientType> {
  // Loaded here: a server without Redis does without it.
  const { createClient } = await import('redis');
  const { url, caFile, connectMs } = options;
  const socket = { reconnectStrategy: false, connectTimeout: connectMs } as const;
  return createClient({
    url,
    RESP: 3,
    // A command fails at once without a connection. Deadlines are those of the callers: a timer for each command costs
    // several times the command.
    disableOfflineQueue: true,
    commandOptions: { timeout: 0 },
    socket: caFile === undefined ? socket : { ...socket, tls: true, ca: await readFile(caFile) },
  });
}
