/** Starts the token backend of examples/ on a free port. It ends with its test. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createBackend } from '../../examples/token-backend.ts';

/** @returns Its origin. */
export async function startBackend(secret: string): Promise<string> {
  const backend = createBackend(secret).listen(0, '127.0.0.1');
  onTestFinished(() => {
    backend.closeAllConnections();
    backend.close();
  });
  await once(backend, 'listening');
  return `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
}
