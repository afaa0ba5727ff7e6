/** Revocations in memory: a server that is started again believes everybody anew. */

import { applyRevocation, type Revocation, type RevocationStore } from './revocation-store.ts';

export function createMemoryRevocations(): RevocationStore {
  const kept = new Map<string, Revocation>();
  return {
    load: async () => [...kept.values()],
    async write(changes) {
      for (const change of changes) applyRevocation(kept, change);
    },
    async close() {},
  };
}
