import { describe, expect, test } from 'vitest';
import { toSparklinePath } from './sparkline.tsx';

describe('a sparkline', () => {
  const at = (seconds: number, value: number) => ({ at: seconds * 1_000, value });

  test('of nothing is nothing', () => expect(toSparklinePath([], 180, 10)).toBe(''));

  test('is not drawn while it would be a dot', () => {
    const samples = [at(0, 1), at(1, 1), at(2, 2)];
    expect(toSparklinePath(samples, 180, 10)).toBe('');
    expect(toSparklinePath([...samples, at(3, 2)], 180, 10)).toBe('M177 5H179V0H180V0');
  });

  test('goes in steps from left to right, the newest at the right edge', () => {
    const path = toSparklinePath([at(0, 0), at(1, 0), at(2, 2), at(3, 1)], 180, 10);
    expect(path).toBe('M177 10H179V0H180V5');
  });

  test('has a gap where there are no samples', () => {
    expect(toSparklinePath([at(0, 1), at(1, 1), at(60, 1), at(61, 1)], 180, 10)).toBe('M119 0M179 0H180V0');
  });
});
