import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TopicTurns } from './topic-turns.ts';

/** The name of each topic is the number of its subscribers. */
function createTurns() {
  const counted: unknown[] = [];
  const turns = new TopicTurns<string>((topic) => {
    counted.push(topic);
    return Number(topic);
  });
  return { turns, counted };
}

test('subscribers are counted once in a turn, and again after a new subscription', async () => {
  const { turns, counted } = createTurns();
  expect(['3', '3', '5', '3'].map((topic) => turns.of(topic).subscribers)).toEqual([3, 3, 5, 3]);
  expect(counted).toEqual(['3', '5']);
  turns.subscribed();
  expect(['3', '3', '5'].map((topic) => turns.of(topic).subscribers)).toEqual([3, 3, 5]);
  expect(counted).toEqual(['3', '5', '3', '5']);
  await nextTurn();
  turns.of('3');
  expect(counted.slice(4)).toEqual(['3']);
});

test('publications are counted until the turn ends, also across a new subscription', async () => {
  const { turns } = createTurns();
  turns.of('3').publications += 2;
  turns.of('5').publications += 1;
  turns.subscribed();
  expect([turns.of('3').publications, turns.of('5').publications]).toEqual([2, 1]);
  await nextTurn();
  expect([turns.of('3').publications, turns.of('5').publications]).toEqual([0, 0]);
});

test('the last speaker of a topic is kept until the turn ends', async () => {
  const { turns } = createTurns();
  turns.of('3').speaker = 'one';
  turns.subscribed();
  expect([turns.of('3').speaker, turns.of('5').speaker]).toEqual(['one', undefined]);
  await nextTurn();
  expect(turns.of('3').speaker).toBeUndefined();
});
