import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

const durations = fc.array(fc.oneof(fc.nat(200), fc.nat(100_000), fc.nat(2 ** 31 - 1)), {
  minLength: 1,
  maxLength: 300,
});

test('a quantile is the one of the sorted durations, or up to 1/64 more', () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (micros, share) => {
      const histogram = record(micros);
      const sorted = micros.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
      const told = histogram.quantile(share);
      expect(told).toBeGreaterThanOrEqual(exact);
      expect(told).toBeLessThanOrEqual(Math.max(exact, Math.floor(exact * (1 + 1 / 64))));
    }),
  );
});

test('the longest duration and the count are exact', () => {
  fc.assert(
    fc.property(durations, (micros) => {
      const histogram = record(micros);
      expect(histogram.max).toBe(Math.max(...micros));
      expect(histogram.quantile(1)).toBe(Math.max(...micros));
      expect(histogram.count).toBe(micros.length);
    }),
  );
});

test('nothing was recorded: all is 0', () => {
  const histogram = new Histogram();
  expect([histogram.count, histogram.max, histogram.quantile(0.5), histogram.quantile(1)]).toEqual([
    0, 0, 0, 0,
  ]);
});

test('fractions are dropped, clocks that run backwards are no time, and hours are an upper bound', () => {
  const histogram = record([3.9, -5, 1e12]);
  expect([histogram.quantile(0.3), histogram.quantile(0.6), histogram.max]).toEqual([0, 3, 2 ** 31 - 1]);
});

function record(micros: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const each of micros) histogram.record(each);
  return histogram;
}
