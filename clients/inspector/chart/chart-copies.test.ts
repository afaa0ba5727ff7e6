import { describe, expect, test } from 'vitest';
import ELK from 'elkjs/lib/elk.bundled.js';
import { layoutChart } from '../../../scripts/layout/layout-chart.ts';
import type { LayOut } from './picture/prepared-layouts.ts';
import { writeChart } from './chart-copies.ts';
import { chartOf, stateOf } from '../testing/charts.ts';

const CHART = chartOf(
  [{ id: 'idle|go|0', targets: ['busy'], actions: ['note'] }],
  [stateOf('idle'), stateOf('busy', { type: 'final' })],
);

const layOut: LayOut = (chart, options) => layoutChart(chart, new ELK(), options);

describe('a chart that is copied', () => {
  test('as SVG is a picture with the active states lit and, if asked for, its actions', async () => {
    const plain = await writeChart(CHART, 'SVG', { active: ['idle'], details: false, layOut });
    expect(plain).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(plain).toContain('active leaf');
    expect(plain).not.toContain('note');
    expect(await writeChart(CHART, 'SVG', { active: [], details: true, layOut })).toContain('note');
  });

  test('as Mermaid is a state diagram', async () => {
    const text = await writeChart(CHART, 'Mermaid', { active: [], details: false });
    expect(text).toMatch(/^stateDiagram-v2\n/);
    expect(text).toContain('idle --> busy');
  });

  test('as XState JSON is a machine', async () => {
    const text = await writeChart(CHART, 'XState JSON', { active: [], details: false });
    expect(JSON.parse(text)).toMatchObject({ id: 'machine', states: { idle: {}, busy: { type: 'final' } } });
  });
});
