import { describe, expect, test } from 'vitest';
import { formatDuration, formatSeconds } from './duration.ts';

describe('a duration', () => {
  test.each([
    [0, '0 s'],
    [0.9, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [192, '3 min 12 s'],
    [3_605, '1 h'],
    [187_200, '2 d 4 h'],
  ])('%d seconds are told as %j', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  test.each([
    [-5, '0 ms'],
    [350.4, '350 ms'],
    [1_000, '1.0 s'],
    [9_999, '9.9 s'],
    [12_345, '12 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%j milliseconds are %j', (ms, words) => expect(formatDuration(ms)).toBe(words));
});
