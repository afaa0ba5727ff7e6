import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { FairShare } from './fair-share.ts';

/** A clock that moves by so many milliseconds with each slice, and clients that need some slices each. */
function createShare(sliceMs: number) {
  const time = { now: 0 };
  const errors: unknown[] = [];
  const share = new FairShare(
    (error) => errors.push(error),
    () => time.now,
  );
  const log: string[] = [];
  const addClient = (name: string, slices: number, fails = false): void => {
    let left = slices;
    share.add({
      takeSlice() {
        time.now += sliceMs;
        left -= 1;
        log.push(name);
        if (fails && left === slices - 1) throw new Error('broken');
        return left > 0;
      },
    });
  };
  return { share, log, errors, addClient };
}

describe('the share of a client', () => {
  test('is taken in turns with others, and not in the turn in which it came', async () => {
    const { log, addClient } = createShare(0.1);
    addClient('a', 3);
    addClient('b', 2);
    addClient('c', 1);
    expect(log).toEqual([]);
    await nextTurn();
    expect(log).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  });

  test('waits for another turn when all of them together take too long', async () => {
    const { log, addClient } = createShare(1);
    addClient('a', 3);
    addClient('b', 2);
    await nextTurn();
    expect(log).toEqual(['a', 'b']);
    await nextTurn();
    expect(log).toEqual(['a', 'b', 'a', 'b']);
    await nextTurn();
    expect(log).toEqual(['a', 'b', 'a', 'b', 'a']);
  });

  test('goes on behind an error', async () => {
    const { log, errors, addClient } = createShare(0.1);
    addClient('a', 3, true);
    addClient('b', 1);
    await nextTurn();
    expect([log, errors]).toEqual([['a', 'b', 'a', 'a'], [new Error('broken')]]);
  });

  test('counts turns only while it is asked', async () => {
    const { share } = createShare(0);
    const first = share.turn;
    expect(share.turn).toBe(first);
    await nextTurn();
    expect(share.turn).toBe(first + 1);
    await nextTurn();
    await nextTurn();
    expect(share.turn).toBe(first + 2);
  });
});
