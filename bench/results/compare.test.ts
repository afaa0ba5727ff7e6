import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, toBaseline } from './compare.ts';
import { summarize, type Figure, type Results } from './results.ts';

const FIGURES: readonly Figure[] = [
  { key: 'rate', title: 'messages/s', unit: 'perSecond', better: 'more' },
  { key: 'cost', title: 'CPU', unit: 'micros', better: 'less' },
  { key: 'busy', title: 'busy', unit: 'share' },
];

/** Results in which the floor always has a rate of 100 and a cost of 10. */
function resultsOf(rates: readonly number[], costs: readonly number[], name = 'rooms'): Results {
  const rounds = rates.map((rate, round) => ({ rate, cost: costs[round] ?? 10, busy: 1 }));
  const floor = rates.map(() => ({ rate: 100, cost: 10, busy: 1 }));
  return {
    command: 'npm run bench',
    date: '2026-01-02T03:04:05.000Z',
    machine: { cores: 2, processor: 'a processor', memoryGiB: 8, node: '20.19.0', kernel: '6.1' },
    scenarios: [
      {
        name,
        title: 'rooms',
        figures: FIGURES,
        rounds: rates.length,
        failures: [],
        variants: [
          {
            name: 'floor',
            isOurs: false,
            comparedTo: 'floor',
            figures: summarize(FIGURES, floor, undefined),
          },
          {
            name: 'Statecast',
            isOurs: true,
            comparedTo: 'floor',
            figures: summarize(FIGURES, rounds, floor),
          },
        ],
      },
    ],
  };
}

test('a baseline keeps our ratios, of figures that can be better or worse', () => {
  expect(toBaseline(resultsOf([90, 92, 94], [11, 11, 11]))).toEqual({
    date: '2026-01-02T03:04:05.000Z',
    machine: '2 cores, Node.js 20.19.0',
    ratios: {
      'rooms/Statecast/rate': { ratio: 0.92, noise: expect.closeTo(0.02 / 0.92) as number },
      'rooms/Statecast/cost': { ratio: 1.1, noise: 0 },
    },
  });
});

test('less of a rate is worse, and less of a cost is better', () => {
  const changes = compare(toBaseline(resultsOf([90], [20])), resultsOf([60], [12]));
  expect(changes).toMatchObject([
    { key: 'rooms/Statecast/rate', before: 0.9, now: 0.6, verdict: 'worse' },
    { key: 'rooms/Statecast/cost', before: 2, now: 1.2, verdict: 'better' },
  ]);
  expect(changes[0]?.worseBy).toBeCloseTo(1 / 3);
});

test('what lies within the noise of both runs is no change', () => {
  const before = toBaseline(resultsOf([80, 90, 100], [10, 10, 10]));
  const [rate, cost] = compare(before, resultsOf([70, 76, 80], [10.2, 10.2, 10.2]));
  expect(rate).toMatchObject({ verdict: 'same', noise: expect.closeTo(10 / 90 + 5 / 76) as number });
  expect(cost).toMatchObject({ verdict: 'same', noise: 0.03 });
});

test('what only one of both has is not compared', () => {
  expect(compare(toBaseline(resultsOf([90], [10], 'fanout')), resultsOf([10], [99]))).toEqual([]);
});

test('a run is never worse than itself', () => {
  const rates = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(rates, (values) => {
      const results = resultsOf(values, values);
      expect(compare(toBaseline(results), results).map(({ verdict }) => verdict)).toEqual(['same', 'same']);
    }),
  );
});
