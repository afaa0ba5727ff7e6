import { describe, test } from 'vitest';
import { createMemoryMutes } from './memory-mutes.ts';
import { describeMuteStore } from './mute-contract.ts';

describeMuteStore(
  { describe, test },
  { name: 'the mutes in memory', create: async () => createMemoryMutes() },
);
