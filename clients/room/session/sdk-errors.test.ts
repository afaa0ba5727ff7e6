import { expect, test } from 'vitest';
import { isAnswer, readSdkError } from './sdk-errors.ts';

test('an error of the server is an answer', () => {
  const error = readSdkError({ code: 103, message: 'permission denied', temporary: false });
  expect(error).toEqual({ code: 103, message: 'permission denied' });
  expect(isAnswer(error)).toBe(true);
});

test.each([{ code: 1, message: 'timeout' }, new Error('broken'), undefined])('%o is none', (thrown) => {
  expect(isAnswer(readSdkError(thrown))).toBe(false);
});
