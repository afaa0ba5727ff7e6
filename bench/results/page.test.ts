import { expect, test } from 'vitest';
import { drawChart } from './chart.ts';
import { toPage } from './page.ts';
import { summarize, type Figure, type Results } from './results.ts';

const RATE: Figure = { key: 'rate', title: 'messages/s', unit: 'perSecond', better: 'more' };
const MEMORY: Figure = { key: 'memory', title: 'memory', unit: 'kilobytes', better: 'less' };

function scenario(name: string, figure: Figure, ratio: number) {
  const floor = [{ [figure.key]: 100 }];
  return {
    name,
    title: `what ${name} does`,
    figures: [figure],
    rounds: 1,
    failures: [],
    variants: [
      { name: 'floor', isOurs: false, comparedTo: 'floor', figures: summarize([figure], floor, undefined) },
      {
        name: 'A & <B>',
        isOurs: true,
        comparedTo: 'floor',
        figures: summarize([figure], [{ [figure.key]: 100 * ratio }], floor),
      },
    ],
  };
}

const RESULTS: Results = {
  command: 'npm run bench -- --rounds 1',
  date: '2026-01-02T03:04:05.000Z',
  machine: { cores: 2, processor: 'a processor', memoryGiB: 8, node: '20.19.0', kernel: '6.1' },
  scenarios: [
    scenario('ingress', RATE, 0.5),
    scenario('idle', MEMORY, 3),
    { ...scenario('inspector', RATE, 1), variants: [], notServed: 'this build serves none' },
  ],
};

test('the page tells command, date and machine, and has a table for each scenario that was measured', () => {
  const page = toPage(RESULTS);
  expect(page).toContain('`npm run bench -- --rounds 1`, on 2026-01-02: 2 cores (a processor), 8 GiB');
  expect(page).toContain('## ingress\n\nWhat ingress does.\n\n|  | messages/s | ratio | spread |\n');
  expect(page).toContain('| A & <B> | 50.0 | ×0.50 | ± 0 % |');
  expect(page).toContain('## inspector\n\nWhat inspector does.\n\nNot measured: this build serves none.\n');
  expect(page.endsWith('\n')).toBe(true);
});

test('the chart draws the ratios of rates, and of nothing that should be small', () => {
  const chart = drawChart(RESULTS.scenarios, 'Ratios');
  expect(chart).toContain('>ingress</text>');
  expect(chart).toContain('>×0.50</text>');
  expect(chart).toContain('>÷ floor</text>');
  expect(chart).not.toContain('>idle</text>');
  expect(chart).not.toContain('>inspector</text>');
  expect(chart.match(/<rect /g)).toHaveLength(1);
});

test('names in the chart are escaped, and bars that would leave it are cut', () => {
  const chart = drawChart([scenario('ingress', RATE, 1), scenario('fast', RATE, 50)], 'Ratios');
  expect(chart).toContain('>A &amp; &lt;B&gt;</text>');
  const [width = 0] =
    chart
      .match(/viewBox="0 0 (\d+)/)
      ?.slice(1)
      .map(Number) ?? [];
  const ends = [...chart.matchAll(/<rect [^>]*x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(
    ([, x, bar]) => Number(x) + Number(bar),
  );
  expect(ends).toHaveLength(2);
  expect(Math.max(...ends)).toBeLessThan(width);
});
