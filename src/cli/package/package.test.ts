import { expect, test } from 'vitest';
import { createProgressBar } from './package.ts';

const MIB = 1024 * 1024;

test('on a terminal a bar grows on one line, which ends when all is uploaded', () => {
  const written: string[] = [];
  const progress = createProgressBar((text) => written.push(text), true);
  progress(0, 2 * MIB);
  progress(1, 2 * MIB);
  progress(MIB, 2 * MIB);
  progress(2 * MIB, 2 * MIB);
  expect(written).toEqual([
    `\r[${'.'.repeat(30)}]   0 % of 2.0 MiB`,
    `\r[${'#'.repeat(15)}${'.'.repeat(15)}]  50 % of 2.0 MiB`,
    `\r[${'#'.repeat(30)}] 100 % of 2.0 MiB\n`,
  ]);
});

test('elsewhere there is one line for each quarter', () => {
  const written: string[] = [];
  const progress = createProgressBar((text) => written.push(text), false);
  for (let done = 0; done <= 100; done += 1) progress(done * MIB, 100 * MIB);
  expect(written).toEqual([0, 25, 50, 75, 100].map((share) => `uploaded ${share} % of 100.0 MiB\n`));
});
