import { describe, expect, test } from 'vitest';
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS, drawBackoff } from './backoff.ts';

const ALMOST_ONE = 1 - Number.EPSILON;

describe('backoff', () => {
  test('the bound starts at the base and doubles with each attempt', () => {
    const bounds = [0, 1, 2, 3, 4].map((attempt) => drawBackoff(attempt, () => ALMOST_ONE));
    expect(bounds).toEqual([1, 2, 4, 8, 16].map((factor) => BACKOFF_BASE_MS * factor));
  });

  test('the bound never passes the cap, however many attempts failed', () => {
    expect(drawBackoff(5, () => ALMOST_ONE)).toBe(BACKOFF_CAP_MS);
    expect(drawBackoff(5_000, () => ALMOST_ONE)).toBe(BACKOFF_CAP_MS);
  });

  test('the wait is drawn from the whole range below the bound', () => {
    expect(drawBackoff(3, () => 0)).toBe(0);
    expect(drawBackoff(3, () => 0.25)).toBe(BACKOFF_BASE_MS * 2);
  });
});
