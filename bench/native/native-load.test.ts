import { expect, test } from 'vitest';
import { ws } from '../contender.ts';
import { hasCompiler, measureNative } from './native-load.ts';

test.skipIf(!hasCompiler())('the load generator in C counts what a server brings', async () => {
  let slices = 0;
  const sample = await measureNative(
    ws,
    { rooms: 3, membersPerRoom: 2, window: 2, bytes: 64 },
    { dist: '', warmUpMs: 1, measureMs: 80, maxRounds: 1 },
    async () => void (slices += 1),
  );
  expect(slices).toBe(4);
  expect(sample['rate']).toBeGreaterThan(0);
  expect(sample['cost']).toBeGreaterThan(0);
});
