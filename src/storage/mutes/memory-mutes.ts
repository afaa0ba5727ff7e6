/** Which rooms are muted, in memory: a server that is started again has forgotten it. */

import type { MuteStore } from './mute-store.ts';

export function createMemoryMutes(): MuteStore {
  const kept = new Set<string>();
  return {
    load: async () => [...kept],
    async write(changes) {
      for (const { room, muted } of changes) {
        if (muted) kept.add(room);
        else kept.delete(room);
      }
    },
    async close() {},
  };
}
