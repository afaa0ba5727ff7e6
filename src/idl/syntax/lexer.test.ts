import { describe, expect, test } from 'vitest';
import { lex } from './lexer.ts';
import type { Token } from './tokens.ts';

function lexOne(text: string): { token: Token; errors: string[] } {
  const errors: string[] = [];
  const { tokens } = lex(text, (_span, message) => errors.push(message));
  expect(tokens).toHaveLength(2);
  return { token: tokens[0]!, errors };
}

describe('numbers', () => {
  test.each([
    ['0', 0n],
    ['42', 42n],
    ['-7', -7n],
    ['+7', 7n],
    ['010', 8n],
    ['-0x1F', -31n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
  ])('%s is an integer', (text, integer) => {
    expect(lexOne(text)).toMatchObject({ token: { kind: 'integer', integer }, errors: [] });
  });

  test.each([
    ['1.5', 1.5],
    ['.5f', 0.5],
    ['-2.', -2],
    ['1e3', 1000],
    ['1.25E-2', 0.0125],
  ])('%s is a float', (text, float) => {
    expect(lexOne(text)).toMatchObject({ token: { kind: 'float', float }, errors: [] });
  });

  test.each([
    ['089', '089 is not a number: a leading 0 makes it octal, and octal digits are 0 to 7'],
    ['0x', '0x is not a number'],
    ['12abc', '12abc is not a number'],
    ['1.2.3', '1.2.3 is not a number'],
    ['9223372036854775808', '9223372036854775808 does not fit 64 bits'],
    ['1e999', '1e999 is too large for a double'],
  ])('%s is none', (text, message) => {
    expect(lexOne(text).errors).toEqual([message]);
  });

  test('of extreme length are refused quickly', () => {
    expect(lexOne('9'.repeat(1_000_000)).errors[0]).toMatch(/does not fit 64 bits$/);
  });
});

describe('strings', () => {
  test.each([
    [String.raw`"plain"`, 'plain'],
    [String.raw`"a\n\t\"\\\'\?b"`, 'a\n\t"\\\'?b'],
    [String.raw`"\101\x42"`, 'AB'],
    [String.raw`"\xe4\xb8\x96世"`, '世世'],
    [`"a {} () <> // /* bc"`, 'a {} () <> // /* bc'],
  ])('%s is read', (text, string) => {
    expect(lexOne(text)).toMatchObject({ token: { kind: 'string', string }, errors: [] });
  });

  test.each([
    [String.raw`"\q"`, String.raw`\q is no escape`],
    [String.raw`"\0"`, String.raw`\0 is the character NUL, which a string cannot hold`],
    [String.raw`"\xfff"`, String.raw`\xfff is more than a byte`],
    [String.raw`"\xff"`, 'the escaped bytes are not UTF-8'],
    ['"open', 'the string does not end on its line: " is missing'],
  ])('%s is refused', (text, message) => {
    expect(lexOne(text).errors).toContain(message);
  });
});

test('comments are kept apart from tokens', () => {
  const { tokens, comments } = lex('/* a */ module // b\n/** c\n */ M', () => {});
  expect(tokens.map(({ text }) => text)).toEqual(['module', 'M', '']);
  expect(comments.map(({ text }) => text)).toEqual(['/* a */', '// b', '/** c\n */']);
});

test.each([
  ['/* open', 'the comment does not end: */ is missing'],
  ['@@', '"@@" is not part of the language'],
  ['名前', '"名前" is not part of the language'],
])('%j is reported and passed over', (text, message) => {
  const errors: string[] = [];
  lex(text, (_span, error) => errors.push(error));
  expect(errors).toEqual([message]);
});

test('brackets of nested types are two tokens', () => {
  const { tokens } = lex('map<int, vector<int>>x', () => {});
  expect(tokens.map(({ text }) => text)).toEqual([
    'map',
    '<',
    'int',
    ',',
    'vector',
    '<',
    'int',
    '>',
    '>',
    'x',
    '',
  ]);
});
