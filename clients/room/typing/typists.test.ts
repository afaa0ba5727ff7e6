import { expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createTypists, TYPING_TIMEOUT_MS } from './typists.ts';

function setUp() {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  return { clock, lines, typists: createTypists((line) => lines.push(line), clock) };
}

test('names one or two writers, and counts more', () => {
  const { lines, typists } = setUp();
  typists.note('a', 'Ann');
  typists.note('b', 'Bob');
  typists.note('c', 'Cem');
  expect(lines).toEqual(['Ann is writing…', 'Ann and Bob are writing…', '3 people are writing…']);
});

test('forgets a writer who tells no more of it', () => {
  const { clock, lines, typists } = setUp();
  typists.note('a', 'Ann');
  clock.increment(TYPING_TIMEOUT_MS - 1);
  typists.note('a', 'Ann');
  clock.increment(TYPING_TIMEOUT_MS - 1);
  expect(lines).toEqual(['Ann is writing…']);
  clock.increment(1);
  expect(lines).toEqual(['Ann is writing…', '']);
});

test('forgets a writer whose message came', () => {
  const { lines, typists } = setUp();
  typists.note('a', 'Ann');
  typists.forget('a');
  typists.forget('a');
  expect(lines).toEqual(['Ann is writing…', '']);
});

test('forgets everybody when the connection is lost', () => {
  const { clock, lines, typists } = setUp();
  typists.note('a', 'Ann');
  typists.note('b', 'Bob');
  typists.clear();
  clock.increment(TYPING_TIMEOUT_MS);
  expect(lines.at(-1)).toBe('');
  expect(lines).toHaveLength(3);
});
