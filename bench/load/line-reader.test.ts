import { expect, test } from 'vitest';
import { kindOf, LineReader, PING } from './line-reader.ts';

const LINES = [
  '{"push":{"channel":"a","pub":{"data":"x, y","offset":12}}}',
  '{"id":3,"publish":{}}',
  '{}',
  '{"id":12345,"subscribe":{"recoverable":true}}',
  '{"id":3,"publish":{}}',
];

/** The kinds and lengths of the lines of frames that arrive in pieces of a size. */
function readAll(frames: readonly string[], size: number): (readonly [kind: number, length: number])[] {
  const told: (readonly [number, number])[] = [];
  const reader = new LineReader();
  const listener = { line: (kind: number, length: number) => void told.push([kind, length]) };
  for (const frame of frames) {
    const bytes = Buffer.from(frame);
    for (let at = 0; at < bytes.length; at += size) {
      reader.read(bytes, at, Math.min(bytes.length, at + size), listener);
    }
    reader.end(listener);
  }
  return told;
}

test('lines are told with their kinds and lengths, in whatever pieces they come', () => {
  const expected = LINES.map((line) => [kindOf(line), line.length]);
  for (const size of [1, 2, 3, 7, 1_000]) {
    expect(readAll([LINES.join('\n')], size)).toEqual(expected);
    expect(readAll(LINES, size)).toEqual(expected);
  }
});

test('replies of one command are of one kind, whatever their ids are, and others of other kinds', () => {
  const kinds = ['publish', 'subscribe', 'unsubscribe', 'error', 'connect'].map((name) =>
    kindOf(`{"id":1,"${name}":{}}`),
  );
  expect(new Set([...kinds, kindOf(LINES[0] ?? ''), PING]).size).toBe(7);
  expect(kindOf('{"id":123456,"publish":{}}')).toBe(kinds[0]);
  expect(kindOf('{}')).toBe(PING);
});
