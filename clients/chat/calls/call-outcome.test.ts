import { expect, test } from 'vitest';
import { describeFailure, describeTime } from './call-outcome.ts';
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
