import { describe, expect, test } from 'vitest';
import { SERVANT_FUNCTIONS } from './servant-functions.ts';

function find(name: string) {
  const found = SERVANT_FUNCTIONS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no function ${name}`);
  return found;
}

describe('sayHello', () => {
  test('takes a name and tells the greeting', () => {
    const { toArguments, describe: tell } = find('sayHello');
    expect(toArguments('Ann')).toEqual({ name: 'Ann' });
    expect(tell({ ret: 'Hello, Ann!' })).toBe('Hello, Ann!');
  });
});

describe('countWords', () => {
  const { toArguments, describe: tell } = find('countWords');

  test('takes one text and tells the words, the most frequent first', () => {
    expect(toArguments('a b b')).toEqual({ texts: ['a b b'] });
    expect(tell({ ret: 2, counts: { a: 1, b: 2 } })).toBe('2 different words: b 2, a 1');
    expect(tell({ ret: 1, counts: { a: 1 } })).toBe('1 word: a 1');
    expect(tell({ ret: 0, counts: {} })).toBe('0 different words');
  });

  test('leaves out what would be too long to tell', () => {
    const counts = Object.fromEntries('abcdefgh'.split('').map((letter) => [letter, 1]));
    expect(tell({ ret: 8, counts })).toBe('8 different words: a 1, b 1, c 1, d 1, e 1, f 1, …');
  });
});

test.each(SERVANT_FUNCTIONS)('a result of another shape is told as it is: $name', ({ describe: tell }) => {
  expect(tell({ other: true })).toBe('{"other":true}');
  expect(tell(null)).toBe('null');
});
