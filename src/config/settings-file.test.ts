import { expect, test } from 'vitest';
import { findJsonError } from './settings-file.ts';

test.each([
  ['{"a": }', 1, 7],
  ['{\n  "a": 1,\n  // no comments\n}', 3, 3],
  ['{\n  "a": 1,\n}', 3, 1],
  ["{'a': 1}", 1, 2],
  ['{"a": 1}\nx', 2, 1],
  ['{\n "a": nope }', 2, 8],
  ['{"a": "line\nbreak"}', 1, 12],
  ['{"a": "\\u12g4"}', 1, 12],
  ['[01]', 1, 3],
])('the first wrong character of %j is in line %i, column %i', (text, line, column) => {
  expect(findJsonError(text)).toEqual({ line, column });
});

test.each(['', '{', '{"a"', '{"a": tr', '{"a": "b', '{"a": "\\', '{"a": "\\u0', '[1.', '[1e', '[-'])(
  '%j ends too early: the place is behind its end',
  (text) => {
    expect(findJsonError(text)).toEqual({ line: 1, column: text.length + 1 });
  },
);
