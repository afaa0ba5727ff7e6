import { describe, expect, test } from 'vitest';
import { EncodedTexts, encodeOnce, readText } from './text.ts';

describe('encoded texts', () => {
  function countEncodings(most: number) {
    const made: string[] = [];
    const texts = new EncodedTexts(most, (key) => {
      made.push(key);
      return `<${key}>`;
    });
    return { made, read: (key: string) => readText(texts.of(key)) };
  }

  test('are made once for each key, also with other keys in between', () => {
    const { made, read } = countEncodings(3);
    expect(['a', 'a', 'ü', 'a', 'ü', 'ü', ''].map(read)).toEqual([
      '<a>',
      '<a>',
      '<ü>',
      '<a>',
      '<ü>',
      '<ü>',
      '<>',
    ]);
    expect(made).toEqual(['a', 'ü', '']);
  });

  test('are removed when there are too many, and made again', () => {
    const { made, read } = countEncodings(2);
    expect(['a', 'b', 'c', 'c', 'a', 'b'].map(read)).toEqual(['<a>', '<b>', '<c>', '<c>', '<a>', '<b>']);
    expect(made).toEqual(['a', 'b', 'c', 'a', 'b']);
  });
});

test('encodeOnce gives the UTF-8 of a text in a buffer of its own', () => {
  expect([...new Uint8Array(encodeOnce('aü'))]).toEqual([0x61, 0xc3, 0xbc]);
});
