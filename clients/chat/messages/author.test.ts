import { expect, test } from 'vitest';
import { authorOf, COLOURS } from './author.ts';

const GUEST = { client: '3fa2c1d0-0000', user: '' };

test('a proven user has the user’s name, whatever name the message claims', () => {
  expect(authorOf({ client: 'a', user: 'ann' }, 'Bob')).toMatchObject({ name: 'ann', isProven: true });
});

test('two connections of one user are one author', () => {
  const [first, second] = ['a', 'b'].map((client) => authorOf({ client, user: 'ann' }, undefined));
  expect(first).toEqual(second);
});

test('a guest without a name is named by its connection', () => {
  expect(authorOf(GUEST, undefined)).toMatchObject({ name: 'Guest 3fa2', isProven: false });
});

test('guests with the same chosen name are told apart', () => {
  const [ann, other] = [authorOf(GUEST, 'Ann'), authorOf({ client: '9b00', user: '' }, 'Ann')];
  expect([ann.tag, other.tag]).toEqual(['guest 3fa2', 'guest 9b00']);
  expect(ann.key).not.toBe(other.key);
  expect(ann.colour).toBe(other.colour);
});

test('a guest who claims the name of a user is no proven user', () => {
  const claimed = authorOf(GUEST, 'ann');
  expect(claimed.isProven).toBe(false);
  expect(claimed.key).not.toBe(authorOf({ client: 'a', user: 'ann' }, undefined).key);
});

test('colours are spread over all that there are', () => {
  const colours = new Set(Array.from({ length: 200 }, (_, n) => authorOf(GUEST, `name ${n}`).colour));
  expect(colours.size).toBe(COLOURS);
});
