import { expect, test } from 'vitest';
import { authorOf } from './author.ts';
import { continuesGroup, GROUP_MS, type Entry, type MessageEntry } from './entries.ts';

const ANN = authorOf({ client: 'a', user: 'ann' }, undefined);
const BOB = authorOf({ client: 'b', user: 'bob' }, undefined);
const FIRST: MessageEntry = { type: 'message', text: 'one', own: false, author: ANN, at: new Date(0) };
const NEXT: MessageEntry = { ...FIRST, text: 'two', at: new Date(GROUP_MS - 1) };

test('messages of one author in a row are a group', () => {
  expect(continuesGroup(FIRST, NEXT)).toBe(true);
});

test('messages of the past have no time, and are grouped by their author', () => {
  const { at: _, ...past } = FIRST;
  expect(continuesGroup(past, past)).toBe(true);
  expect(continuesGroup(past, NEXT)).toBe(true);
});

test.each<[string, Entry | undefined, MessageEntry]>([
  ['is the first one', undefined, NEXT],
  ['is of another author', FIRST, { ...NEXT, author: BOB }],
  [
    'is of nobody known',
    { type: 'message', text: 'one', own: false },
    { type: 'message', text: 'two', own: false },
  ],
  ['comes much later', FIRST, { ...NEXT, at: new Date(GROUP_MS) }],
  ['comes after a divider', { type: 'divider', text: 'connection lost' }, NEXT],
  ['comes after a note', { type: 'note', text: 'sent', at: new Date(0) }, NEXT],
  ['went to all rooms', FIRST, { ...NEXT, isBroadcast: true }],
  ['is an own one', FIRST, { ...NEXT, own: true }],
])('a message that %s begins a group', (_, before, next) => expect(continuesGroup(before, next)).toBe(false));
