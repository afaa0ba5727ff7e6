import { describe, expect, test } from 'vitest';
import { formatUptime } from './uptime.ts';

describe('uptime', () => {
  test.each([
    [0, '0 s'],
    [0.9, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [192, '3 min 12 s'],
    [3_605, '1 h'],
    [187_200, '2 d 4 h'],
  ])('%d seconds are told as %j', (seconds, text) => {
    expect(formatUptime(seconds)).toBe(text);
  });
});
