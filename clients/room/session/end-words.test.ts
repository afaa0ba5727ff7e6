import { expect, test } from 'vitest';
import { describeEnd } from './end-words.ts';

const refused = { name: 'closed', closure: { code: 3500, reason: 'invalid token' } } as const;

test('a refused guest is told where a token goes', () => {
  expect(describeEnd(refused, 'tea time', false)).toMatch(
    /nobody without a token.*\/rooms\/tea%20time#token=/,
  );
});

test('a refused token is told from a missing one', () => {
  expect(describeEnd(refused, 'tea', true)).toMatch(/does not take the token/);
});

test('a message that is too long is to be discarded', () => {
  const closed = { name: 'closed', closure: { code: 3, reason: 'message size limit exceeded' } } as const;
  expect(describeEnd(closed, 'tea', false)).toMatch(/longer than the server takes.*Discard/);
});

test.each([
  { name: 'closed' },
  { name: 'open' },
  { name: 'closed', closure: { code: 3503, reason: 'force disconnect' } },
  { name: 'connecting', closure: { code: 3500, reason: '' } },
] as const)('%j has nothing to do with a token', (connection) => {
  expect(describeEnd(connection, 'tea', true)).toBeUndefined();
});
