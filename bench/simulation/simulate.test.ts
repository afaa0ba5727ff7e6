import { expect, test } from 'vitest';
import { simulate } from './simulate.ts';

test('a hundred nodes obey and hear everything once, at a price that grows with their number only', async () => {
  const { idle, order, question, everywhere, onTwo, deadAfterSeconds, faults } = await simulate(100);
  expect(faults).toBe(0);
  // A beat of each node every three seconds.
  expect(idle).toEqual({ calls: expect.closeTo(100 / 3, 0) as number, deliveries: 0 });
  // The order, and what the other nodes answer.
  expect(order).toEqual({ calls: 201, deliveries: 199 });
  expect(question).toEqual({ calls: 101, deliveries: 200 });
  expect(everywhere).toEqual({ calls: 1, deliveries: 100 });
  expect(onTwo).toEqual({ calls: 1, deliveries: 2 });
  expect(deadAfterSeconds).toBeLessThanOrEqual(12);
});
