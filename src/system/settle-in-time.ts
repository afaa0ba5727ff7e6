/** A promise with a deadline of the clock. */

import type { Clock } from './clock.ts';

/** Settles as the answer does, or rejects with an error of these words when that takes too long. */
export function settleInTime<Value>(
  clock: Clock,
  answer: Promise<Value>,
  deadlineMs: number,
  late: string,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(new Error(late)), deadlineMs);
    answer.then(resolve, reject).finally(() => clock.clearTimeout(timer));
  });
}
