import { expect, test } from 'vitest';
import { alignTable, formatRatio, formatValue, toMarkdownTable, toNotes, toTable } from './format.ts';
import { summarize, type Figure, type ScenarioResult } from './results.ts';

const FIGURES: readonly Figure[] = [
  { key: 'rate', title: 'messages/s', unit: 'perSecond', better: 'more' },
  { key: 'cost', title: 'CPU', unit: 'micros', better: 'less' },
  { key: 'busy', title: 'busy', unit: 'share' },
];

const floor = [
  { rate: 300_000, cost: 3, busy: 0.99 },
  { rate: 310_000, cost: 3, busy: 1 },
];
const ours = [
  { rate: 240_000, cost: 3.5, busy: 1.01 },
  { rate: 279_000, cost: 3.5, busy: 1.01 },
];

const RESULT: ScenarioResult = {
  name: 'ingress',
  title: 'what comes in counts',
  figures: FIGURES,
  rounds: 2,
  budget: 0.92,
  failures: [],
  variants: [
    { name: 'floor', isOurs: false, comparedTo: 'floor', figures: summarize(FIGURES, floor, undefined) },
    { name: 'Statecast', isOurs: true, comparedTo: 'floor', figures: summarize(FIGURES, ours, floor) },
  ],
};

test.each([
  [871_204, 'perSecond', '871 k'],
  [99_999, 'perSecond', '99,999'],
  [2.345_67, 'micros', '2.35 µs'],
  [31.46, 'millis', '31.5 ms'],
  [-0.25, 'kilobytes', '-0.25 KB'],
  [1_234, 'megabytes', '1,234 MB'],
  [0.994, 'share', '99 %'],
  [9.9, 'times', '9.90 ×'],
] as const)('%d %s is %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test('ratios have more digits the smaller they are', () => {
  expect([0.0042, 0.1, 1.005, 12.4].map(formatRatio)).toEqual(['×0.004', '×0.10', '×1.00', '×12']);
});

test('the first figure has its ratio and its spread in columns, others their ratio beside them', () => {
  expect(toTable(RESULT)).toEqual([
    ['', 'messages/s', 'ratio', 'spread', 'CPU', 'busy'],
    ['floor', '305 k', '', '± 2 %', '3.00 µs', '100 %'],
    ['Statecast', '260 k', '×0.85', '± 6 %', '3.50 µs (×1.17)', '101 %'],
  ]);
});

test('a table is aligned for a terminal and ruled for Markdown', () => {
  const table = [
    ['', 'rate'],
    ['floor', '1,000'],
    ['ws', '7'],
  ];
  expect(alignTable(table)).toBe('          rate\n  floor  1,000\n  ws         7\n');
  expect(toMarkdownTable(table)).toBe('|  | rate |\n| --- | ---: |\n| floor | 1,000 |\n| ws | 7 |\n');
});

test('a variant of which every round failed has empty cells', () => {
  const variants = [{ name: 'ws', isOurs: false, comparedTo: 'floor', figures: {} }];
  expect(toTable({ ...RESULT, variants })[1]).toEqual(['ws', '', '', '', '', '']);
});

test('notes tell the budget, failures, and why nothing was measured', () => {
  expect(toNotes(RESULT)).toEqual(['Budget: ×0.92; missed.']);
  expect(toNotes({ ...RESULT, budget: 0.8 })).toEqual(['Budget: ×0.80; kept.']);
  expect(toNotes({ ...RESULT, variants: [], failures: ['ws: it broke'], notServed: 'no inspector' })).toEqual(
    ['Not measured: no inspector.', 'Failed: ws: it broke.'],
  );
});
