import { expect, test } from 'vitest';
import { describeFailure, describeTime, readServantState, type CallOutcome } from './call-words.ts';

test.each<[CallOutcome, string | undefined, string | undefined]>([
  [{ type: 'result', result: {} }, undefined, 'answered in 3.2 ms'],
  [
    { type: 'failed', code: 1001, message: 'the servant is not running' },
    'Sorry, the servant is not running (code 1001).',
    'answered in 3.2 ms',
  ],
  [{ type: 'unsent' }, 'Not connected: the call was not sent.', undefined],
  [{ type: 'unanswered' }, 'The connection ended before the answer came.', undefined],
])('a call that ended as %o is told in a sentence', (outcome, failure, time) => {
  expect(describeFailure(outcome)).toBe(failure);
  expect(describeTime(outcome, 3.21)).toBe(time);
});

test('a longer time is told in whole milliseconds', () => {
  expect(describeTime({ type: 'result', result: null }, 1_234.56)).toBe('answered in 1235 ms');
});

test.each([
  ['idle', 'idle'],
  ['idle.rested', 'idle'],
  ['idle.resting', 'failing'],
  ['connecting', 'connecting'],
  ['ready.circuit.closed', 'healthy'],
  ['ready.circuit.open.connected', 'failing'],
  ['ready.circuit.open.severed', 'failing'],
  ['ready.circuit.halfOpen.inviting', 'testing'],
  ['ready.circuit.halfOpen.trying', 'testing'],
])('a servant whose proxy is in %s is drawn as %s', (path, state) => {
  const reading = readServantState(path);
  expect(reading.state).toBe(state);
  expect(reading.words).toMatch(/\.$/);
});

test('a servant that could just not be reached has another text than one that was never called', () => {
  expect(readServantState('idle.resting').words).not.toBe(readServantState('idle.rested').words);
});

test.each(['stopping.finishing', 'stopped'])('a servant whose proxy is in %s is drawn as none', (path) => {
  expect(readServantState(path)).toEqual({ words: 'It stopped with the server.' });
});

test('an unknown state is shown by its name, and a missing one as text', () => {
  expect(readServantState('dreaming')).toEqual({ words: 'Its state: dreaming' });
  expect(readServantState(undefined)).toEqual({ words: 'The server tells nothing of it right now.' });
});
