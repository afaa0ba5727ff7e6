import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseDescriptorLimit, readDescriptors } from './descriptors.ts';

test.each([
  ['Max open files            1024                 524288               files     ', 1_024],
  ['Max open files            unlimited            unlimited            files     ', Infinity],
  ['Max processes             96365                96365                processes ', undefined],
  ['', undefined],
])('the limit of %j is %s', (line, limit) => {
  const before = 'Limit                     Soft Limit           Hard Limit           Units     \n';
  expect(parseDescriptorLimit(before + line)).toBe(limit);
});

test.runIf(process.platform === 'linux')('this process has a limit, and what it opens is counted', () => {
  const before = readDescriptors();
  const file = openSync(fileURLToPath(import.meta.url), 'r');
  try {
    expect(readDescriptors()).toEqual({ limit: before?.limit, used: (before?.used ?? 0) + 1 });
  } finally {
    closeSync(file);
  }
  expect(before?.limit).toBeGreaterThan(before?.used ?? Infinity);
});
