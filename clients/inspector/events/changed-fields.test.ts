import { expect, test } from 'vitest';
import { findChanges } from './changed-fields.ts';

test('fields that were changed, added or removed are told with their path', () => {
  const before = { name: 'room1', members: { count: 1, first: ['a'] }, muted: false, old: 1 };
  const after = { name: 'room1', members: { count: 2, first: ['a', 'b'] }, muted: false, more: null };
  expect(findChanges(before, after)).toEqual([
    { path: 'members.count', before: '1', after: '2' },
    { path: 'members.first', before: '["a"]', after: '["a","b"]' },
    { path: 'old', before: '1', after: undefined },
    { path: 'more', before: undefined, after: 'null' },
  ]);
});

test('nothing is told of what stays', () => {
  expect(findChanges({ a: { b: [1] } }, { a: { b: [1] } })).toEqual([]);
});
