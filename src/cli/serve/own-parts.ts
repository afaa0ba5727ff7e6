/** The parts that a process has without others: in files, or in memory. */

import { join } from 'node:path';
import type { Settings } from '../../config/schema/settings.ts';
import type { ServerOptions } from '../../server/server-options.ts';
import { createLowdbStore } from '../../storage/lowdb-store.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { createFileRevocations } from '../../storage/revocations/file-revocations.ts';
import { createMemoryRevocations } from '../../storage/revocations/memory-revocations.ts';
import { createFileOutboxes, createMemoryOutboxes } from '../../webhooks/outbox/create-outbox.ts';

type StoredParts = Required<Pick<ServerOptions, 'store' | 'revocations' | 'outbox'>>;

export function createOwnParts({ store, dataDir }: Pick<Settings, 'store' | 'dataDir'>): StoredParts {
  if (store === 'memory') {
    return {
      store: createMemoryStore(),
      revocations: createMemoryRevocations(),
      outbox: createMemoryOutboxes,
    };
  }
  return {
    store: createLowdbStore({ dir: dataDir }),
    revocations: createFileRevocations({ dir: join(dataDir, 'revocations') }),
    outbox: createFileOutboxes({ dir: join(dataDir, 'webhooks') }),
  };
}
