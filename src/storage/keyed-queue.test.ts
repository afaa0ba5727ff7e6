import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createKeyedQueue } from './keyed-queue.ts';

/** Tasks that the test ends, and a record of what happened. */
function createTasks() {
  const log: string[] = [];
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  return {
    log,
    task: (name: string) => async () => {
      log.push(`${name} starts`);
      await new Promise<void>((resolve, reject) => ends.set(name, { resolve, reject }));
      log.push(`${name} ends`);
      return name;
    },
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(`${name} failed`)),
  };
}

test('tasks of one key run one after another, in the order they were given', async () => {
  const queue = createKeyedQueue(5);
  const { log, task, end } = createTasks();
  const first = queue.run('k', task('first'));
  const second = queue.run('k', task('second'));
  await nextTurn();
  end('first');
  expect(await first).toBe('first');
  await nextTurn();
  end('second');
  expect(await second).toBe('second');
  expect(log).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
});

test('tasks of different keys run at the same time, but no more than the limit', async () => {
  const queue = createKeyedQueue(2);
  const { log, task, end } = createTasks();
  const runs = ['a', 'b', 'c'].map((key) => queue.run(key, task(key)));
  await nextTurn();
  expect(log).toEqual(['a starts', 'b starts']);
  end('b');
  await nextTurn();
  expect(log).toEqual(['a starts', 'b starts', 'b ends', 'c starts']);
  end('a');
  end('c');
  expect(await Promise.all(runs)).toEqual(['a', 'b', 'c']);
});

test('a task that fails does not affect others', async () => {
  const queue = createKeyedQueue(1);
  const { task, end, fail } = createTasks();
  const first = queue.run('k', task('first'));
  const second = queue.run('k', task('second'));
  await nextTurn();
  fail('first');
  await expect(first).rejects.toThrow('first failed');
  await nextTurn();
  end('second');
  expect(await second).toBe('second');
});

test('the queue is idle when the last task has ended, the ones added meanwhile included', async () => {
  const queue = createKeyedQueue(1);
  const { log, task, end } = createTasks();
  await queue.idle();
  const first = queue.run('a', task('first'));
  const idle = queue.idle().then(() => log.push('idle'));
  const second = queue.run('b', task('second'));
  await nextTurn();
  end('first');
  await first;
  await nextTurn();
  end('second');
  await second;
  await idle;
  expect(log).toEqual(['first starts', 'first ends', 'second starts', 'second ends', 'idle']);
});
