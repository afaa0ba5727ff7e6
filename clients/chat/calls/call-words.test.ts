import { expect, test } from 'vitest';
import { describeFailure, describeTime, readProxyState } from './call-words.ts';
import type { CallOutcome } from '../connection/room-client.ts';

test.each<[CallOutcome, string | undefined, string | undefined]>([
  [{ type: 'result', result: {} }, undefined, 'answered in 3.2 ms'],
  [
    { type: 'failed', code: 1001, message: 'the servant is not running' },
    'Sorry, the servant is not running (code 1001).',
    'answered in 3.2 ms',
  ],
  [
    { type: 'refused', reason: 'bad request' },
    'Sorry, the server did not take the call: bad request.',
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
  ['idle.resting', 'idle'],
  ['connecting', 'connecting'],
  ['ready.circuit.closed', 'closed'],
  ['ready.circuit.open.connected', 'open'],
  ['ready.circuit.open.severed', 'open'],
  ['ready.circuit.halfOpen.inviting', 'half open'],
  ['ready.circuit.halfOpen.trying', 'half open'],
])('a proxy in %s is drawn as %s', (path, state) => {
  const reading = readProxyState(path);
  expect(reading.state).toBe(state);
  expect(reading.words).toMatch(/\.$/);
});

test('a proxy that has just failed to connect has another text than one that was never called', () => {
  expect(readProxyState('idle.resting').words).not.toBe(readProxyState('idle.rested').words);
});

test.each(['stopping.finishing', 'stopped'])('a proxy in %s is drawn as none', (path) => {
  expect(readProxyState(path)).toEqual({ words: 'Proxy: stopped with the server.' });
});

test('an unknown state is shown by its name, and a missing one as text', () => {
  expect(readProxyState('dreaming')).toEqual({ words: 'Proxy: dreaming' });
  expect(readProxyState(undefined)).toEqual({ words: 'Proxy: the server tells no state right now.' });
});
