/** What a process keeps in files. */

import { join } from 'node:path';
import type { Settings } from '../../config/schema/settings.ts';
import type { ServerOptions } from '../../server/server-options.ts';
import { createLowdbStore } from '../../storage/lowdb-store.ts';
import { createFileRevocations } from '../../storage/revocations/file-revocations.ts';
import { createFileOutboxes } from '../../webhooks/outbox/create-outbox.ts';

type FileParts = Pick<ServerOptions, 'store' | 'revocations' | 'outbox'>;

/** Nothing where everything is in memory, or in Redis. */
export function createOwnParts({
  store,
  dataDir,
  redis,
}: Pick<Settings, 'store' | 'dataDir' | 'redis'>): FileParts {
  if (store === 'memory' || redis.url !== undefined) return {};
  return {
    store: createLowdbStore({ dir: dataDir }),
    revocations: createFileRevocations({ dir: join(dataDir, 'revocations') }),
    outbox: createFileOutboxes({ dir: join(dataDir, 'webhooks') }),
  };
}
