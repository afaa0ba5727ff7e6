import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ALL_CHARTS } from '../src/cli/all-charts.ts';
import type { Chart } from '../src/inspect/chart/chart.ts';
import { toMermaid } from '../src/inspect/chart/formats/to-mermaid.ts';
import { runCharts } from '../src/cli/charts.ts';

const page = await readFile(new URL('../docs/statecharts.md', import.meta.url), 'utf8');

test('docs/statecharts.md is the output of `statecast charts --docs`', async () => {
  expect(page).toBe((await runCharts({ docs: true })).stdout);
});

test.each(ALL_CHARTS.map((chart) => [chart.machine, chart] as const))(
  'the page has the diagram of %s, and a row for each of its states and transitions',
  (name, chart) => {
    const section = page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
    expect(section).toContain(`\`\`\`mermaid\n${toMermaid(chart)}\`\`\``);
    const [, states = '', transitions = ''] = section.split(/^\| (?:state|in) \|.*\n\| --- .*\n/m);
    expect(rowsOf(states)).toHaveLength(count(chart.root));
    expect(rowsOf(transitions)).toHaveLength(chart.transitions.length);
  },
);

test('every row of a table has as many cells as its header, and every link has a target', async () => {
  for (const table of page.split('\n\n').filter((block) => block.startsWith('|'))) {
    const widths = rowsOf(table).map((row) => row.replaceAll('\\|', '').split('|').length);
    expect(new Set(widths).size).toBe(1);
  }
  for (const [, file = ''] of page.matchAll(/\]\((\w+\.md)\)/g))
    expect(await readFile(new URL(`../docs/${file}`, import.meta.url), 'utf8')).not.toBe('');
});

function rowsOf(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('|'));
}

function count({ states }: Chart['root']): number {
  return states.reduce((sum, state) => sum + count(state), 1);
}
