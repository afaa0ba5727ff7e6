import { describe, test } from 'vitest';
import { createMemoryOutbox } from './memory-outbox.ts';
import { describeOutbox } from './outbox-contract.ts';

describeOutbox(
  { describe, test },
  {
    name: 'the outbox in memory',
    createPlace: async () => ({ make: createMemoryOutbox, dispose: async () => undefined }),
  },
);
