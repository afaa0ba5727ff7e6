import { expect, test } from 'vitest';
import { matchesGlob } from './glob.ts';

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
])('%j fits %j', (pattern, name) => {
  expect(matchesGlob(pattern, name)).toBe(true);
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
])('%j does not fit %j', (pattern, name) => {
  expect(matchesGlob(pattern, name)).toBe(false);
});

test('a pattern of many stars takes no long time', () => {
  expect(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(1_000))).toBe(false);
});
