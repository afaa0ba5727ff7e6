import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { noiseOf, spreadOf, summarize, type Figure } from './results.ts';

const RATE: Figure = { key: 'rate', title: 'messages/s', unit: 'perSecond', better: 'more' };

test('the median has as many rounds below as above', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const { median, low, high } = spreadOf(values);
      expect(values.filter((value) => value < median).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value > median).length).toBeLessThanOrEqual(values.length / 2);
      expect([low, high]).toEqual([Math.min(...values), Math.max(...values)]);
    }),
  );
  expect(spreadOf([4, 1, 3, 2]).median).toBe(2.5);
  expect(() => spreadOf([])).toThrow(RangeError);
});

test('noise is half of how far the rounds lie apart', () => {
  expect(noiseOf(spreadOf([90, 100, 110]))).toBeCloseTo(0.1);
  expect(noiseOf(spreadOf([5]))).toBe(0);
  expect(noiseOf(spreadOf([0, 0]))).toBe(0);
});

test('ratios are taken round by round, so that a slow round is not a bad ratio', () => {
  const ours = [{ rate: 90 }, { rate: 45 }, { rate: 180 }];
  const floor = [{ rate: 100 }, { rate: 50 }, { rate: 200 }];
  expect(summarize([RATE], ours, floor)['rate']).toEqual({
    value: { median: 90, low: 45, high: 180 },
    ratio: { median: 0.9, low: 0.9, high: 0.9 },
  });
});

test('a round that failed on either side has no ratio, and one that failed everywhere no figure', () => {
  const ours = [undefined, { rate: 45 }, { rate: 180 }];
  const floor = [{ rate: 100 }, undefined, { rate: 200 }];
  expect(summarize([RATE], ours, floor)['rate']).toEqual({
    value: { median: 112.5, low: 45, high: 180 },
    ratio: { median: 0.9, low: 0.9, high: 0.9 },
  });
  expect(summarize([RATE], [undefined], floor)).toEqual({});
  expect(summarize([RATE], [{ rate: 1 }], undefined)['rate']).toEqual({
    value: { median: 1, low: 1, high: 1 },
  });
});
