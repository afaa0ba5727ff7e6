import { expect, test } from 'vitest';
import { readMessage } from './read-message.ts';

test('JSON is parsed, whatever value it is', () => {
  expect(readMessage(' {"text":"hi"} ', 'json')).toEqual({ data: { text: 'hi' } });
  expect(readMessage('null', 'json')).toEqual({ data: null });
});

test('a text is sent as it is', () => {
  expect(readMessage(' {"a":1} ', 'text')).toEqual({ data: ' {"a":1} ' });
});

test('what is not JSON is refused, with what to do', () => {
  expect(readMessage('hello', 'json')).toEqual({ error: expect.stringMatching(/not JSON.*Choose text/) });
});

test('an empty message is refused', () => {
  for (const form of ['json', 'text'] as const) {
    expect(readMessage('', form)).toEqual({ error: 'write a message first' });
  }
  expect(readMessage(' \n', 'json')).toEqual({ error: 'write a message first' });
});
