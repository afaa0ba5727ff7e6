import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

test('on a terminal a bar grows with the measurements, and can be taken away', () => {
  const written: string[] = [];
  const progress = createProgress(4, (text) => written.push(text), true);
  progress.next('rooms', 'floor');
  progress.next('rooms', 'ws');
  progress.next('rooms', 'Statecast');
  progress.clear();
  const bar = (full: number): string => '#'.repeat(full) + '.'.repeat(24 - full);
  expect(written).toEqual([
    `\r\u001b[K[${bar(0)}] 1 of 4  rooms: floor`,
    `\r\u001b[K[${bar(6)}] 2 of 4  rooms: ws`,
    `\r\u001b[K[${bar(12)}] 3 of 4  rooms: Statecast`,
    '\r\u001b[K',
  ]);
});

test('elsewhere there is a line for each scenario', () => {
  const written: string[] = [];
  const progress = createProgress(3, (text) => written.push(text), false);
  progress.next('rooms', 'floor');
  progress.next('rooms', 'ws');
  progress.next('churn', 'floor');
  progress.clear();
  expect(written).toEqual(['rooms: measurement 1 of 3\n', 'churn: measurement 3 of 3\n']);
});
