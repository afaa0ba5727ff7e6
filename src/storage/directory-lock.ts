/** Locks a data directory, so that only one store on this machine uses it at a time. */

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { attempt, StoreError } from './store-error.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Locks an existing directory.
 *
 * The lock is a socket in Linux's abstract namespace: the kernel frees the name when the process ends in any way, so
 * there are no stale locks. It works only within a network namespace: containers that share a volume do not see each
 * other's locks. Other systems have no such sockets. There nothing is locked, and the operator must give each server
 * its own directory.
 *
 * @throws {StoreError} `ELOCKED` if another store has the lock.
 */
export async function lockDirectory(dir: string): Promise<DirectoryLock> {
  if (process.platform !== 'linux') return { release: async () => undefined };
  const path = await attempt('find', dir, () => realpath(dir));
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  server.unref();
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Without `exclusive`, the workers of a cluster would share the socket instead of being refused.
    server.listen({ path: `\0statecast-${hash}`, exclusive: true }, resolve);
  });
  try {
    await attempt('lock', path, () => listening);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'EADDRINUSE') throw error;
    throw new StoreError(
      'ELOCKED',
      `another Statecast server is using ${path}; give each its own data directory (--data-dir)`,
      { cause: error.cause },
    );
  }
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
