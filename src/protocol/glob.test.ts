import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGlob } from './glob.ts';

test.each([
  ['*', ''],
  ['*', 'room1'],
  ['room1', 'room1'],
  ['chat:*', 'chat:'],
  ['chat:*', 'chat:a:b'],
  ['*:b', 'chat:a:b'],
  ['c*t:?:*b', 'chat:a:bb'],
  ['room?', 'room1'],
  ['room?', 'room🏠'],
  ['*?', '🏠'],
  ['a*b*c', 'axxbxbxc'],
  ['[a].+', '[a].+'],
  ['', ''],
  ['**a**', 'a'],
  ['*a*a', 'aa'],
  ['a*', 'a'],
  ['*?b*', 'aab'],
  ['*a?', 'aab'],
  ['?*?', 'ab'],
])('%j fits %j', (pattern, name) => {
  expect(createGlob(pattern)(name)).toBe(true);
});

test.each([
  ['', 'a'],
  ['room', 'room1'],
  ['room1', 'room'],
  ['room?', 'room'],
  ['room?', 'room12'],
  ['chat:*', 'Chat:a'],
  ['*:b', 'a:bc'],
  ['a*b*c', 'acb'],
  ['.*', 'a'],
  ['a*a', 'a'],
  ['*a*a', 'a'],
  ['*?*?', 'a'],
  ['*a?', 'aaba'],
  ['a?*', 'a'],
])('%j does not fit %j', (pattern, name) => {
  expect(createGlob(pattern)(name)).toBe(false);
});

test('a pattern of many stars takes no long time', () => {
  expect(createGlob(`${'*a'.repeat(100)}b`)('a'.repeat(1_000))).toBe(false);
});

test('a name fits as it fits the same pattern in the form of a regular expression', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '🏠', '*', '?'), maxLength: 8 });
  const names = fc.string({ unit: fc.constantFrom('a', 'b', '🏠'), maxLength: 10 });
  fc.assert(
    fc.property(texts, names, (pattern, name) => {
      const expression = new RegExp(`^${pattern.replaceAll('?', '[^]').replaceAll('*', '[^]*')}$`, 'u');
      expect(createGlob(pattern)(name)).toBe(expression.test(name));
    }),
  );
});
