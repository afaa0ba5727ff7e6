import { describe, expect, test } from 'vitest';
import { describeFigures, formatCount, formatFigure, formatTime, nameFigure } from './format.ts';

describe('formats', () => {
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
