import { expect, test } from 'vitest';
import { formatColumns } from './columns.ts';

test('each column is as wide as its widest text, and no line ends with blanks', () => {
  expect(
    formatColumns([
      ['A', 'B', ''],
      ['a long one', 'b', 'c'],
      ['', '', ''],
    ]),
  ).toBe('A           B\na long one  b  c\n\n');
});

test('no text is obeyed by a terminal, breaks its line or turns it around', () => {
  expect(formatColumns([['a\u001b[31mb\nc\u009b\u202e', 'é😀']])).toBe(
    String.raw`a\u001b[31mb\nc\u009b\u202e  é😀` + '\n',
  );
});

test('no rows are no text', () => {
  expect(formatColumns([])).toBe('');
});
