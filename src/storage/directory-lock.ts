/** Keeps a data directory to one store at a time, among all processes of this machine. It knows no rooms. */

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { attempt, StoreError } from './store-error.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes a directory that exists.
 *
 * The lock is a socket in Linux's abstract name space: the kernel frees the name with the process,
 * however it dies, so no stale lock can keep a server from starting. It does not reach beyond the
 * network name space: containers that share a volume do not see each other. Other systems have no
 * such sockets: there nothing is locked, and it is the operator who gives each server its directory.
 *
 * @throws {StoreError} `ELOCKED` when another store has it.
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
      `another Statecast server is using ${path}; give each an own data directory (--data-dir)`,
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
