import { describe, expect, test } from 'vitest';
import { MAX_NAME_LENGTH, readName, readSaid, readSaidLine, writeSaid } from './said.ts';

describe('the data of a message', () => {
  test('is a plain text without a name, so that clients of the line protocol can show it', () => {
    expect(writeSaid({ text: 'hi' })).toBe('hi');
  });

  test('has the name beside the text', () => {
    expect(writeSaid({ text: 'hi', name: 'Ann' })).toEqual({ text: 'hi', name: 'Ann' });
  });

  test.each([
    ['hi', { text: 'hi' }],
    [
      { text: 'hi', name: 'Ann' },
      { text: 'hi', name: 'Ann' },
    ],
    [{ text: 'hi', name: 7 }, { text: 'hi' }],
    [{ text: 'hi', name: '  ' }, { text: 'hi' }],
    [{ temperature: 21 }, { text: '{"temperature":21}' }],
    [null, { text: 'null' }],
    [[1, 2], { text: '[1,2]' }],
  ])('%j is read as %j', (data, said) => expect(readSaid(data)).toEqual(said));
});

describe('a frame of the line protocol', () => {
  test.each([
    ['hi', { text: 'hi' }],
    ['{"text":"hi","name":"Ann"}', { text: 'hi', name: 'Ann' }],
    ['{"text":"hi"}', { text: 'hi' }],
    ['{"text":', { text: '{"text":' }],
    ['{"temperature":21}', { text: '{"temperature":21}' }],
  ])('%j is read as %j', (frame, said) => expect(readSaidLine(frame)).toEqual(said));
});

describe('a name', () => {
  test('is kept to one line and a bounded length', () => {
    expect(readName(' Ann\n of  Arc ')).toBe('Ann of Arc');
    expect(readName('x'.repeat(1_000))).toHaveLength(MAX_NAME_LENGTH);
  });
});
