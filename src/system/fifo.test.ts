import { expect, test } from 'vitest';
import { Fifo } from './fifo.ts';

test('a queue gives back what it was given, in order, however long it is', () => {
  const queue = new Fifo<number>();
  const taken: (number | undefined)[] = [];
  let next = 0;
  // It grows by one in each round, and is worked off in the end.
  for (let round = 0; round < 5_000; round += 1) {
    queue.add(next);
    queue.add(next + 1);
    next += 2;
    taken.push(queue.take());
  }
  expect(queue.size).toBe(5_000);
  while (queue.size > 0) taken.push(queue.take());
  expect(taken).toEqual(Array.from({ length: next }, (_, n) => n));
  expect(queue.take()).toBeUndefined();
});

test('a queue that was cleared is empty', () => {
  const queue = new Fifo<string>();
  queue.add('a');
  queue.add('b');
  queue.take();
  queue.clear();
  expect([queue.size, queue.take()]).toEqual([0, undefined]);
});
