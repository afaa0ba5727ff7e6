import { describe, expect, test } from 'vitest';
import {
  describeFigures,
  formatCount,
  formatDuration,
  formatFigure,
  formatTime,
  nameFigure,
} from './format.ts';

describe('formats', () => {
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

  test('a time has milliseconds', () => {
    expect(formatTime(new Date(2024, 1, 3, 9, 5, 7, 42).getTime())).toBe('09:05:07.042');
  });

  test('counts are grouped', () => expect(formatCount(1234567)).toBe('1,234,567'));

  test('figures are named and written by their names', () => {
    expect(nameFigure('failedWrites')).toBe('failed writes');
    expect(formatFigure('failedWrites', 1_200)).toBe('1,200');
    expect([nameFigure('ageMs'), formatFigure('ageMs', 1_500)]).toEqual(['age', '1.5 s']);
    const at = new Date(2024, 1, 3, 9, 5, 7, 42).getTime();
    expect([nameFigure('joinedAt'), formatFigure('joinedAt', at)]).toEqual(['joined', '09:05:07.042']);
    expect(describeFigures({ members: 12, away: 0, failedWrites: 3 })).toBe('members 12, failed writes 3');
  });
});
