import { describe, expect, it } from 'vitest';
import type { ChartLayout, LayoutNode } from '../../../../src/inspect/chart/chart-layout.ts';
import { initialLeaves, toAbsoluteBoxes } from './layout-reading.ts';
import { layoutOf } from '../../testing/charts.ts';

function nodeOf(path: string, rest: Partial<LayoutNode> = {}): LayoutNode {
  const box = { x: 0, y: 0, width: 0, height: 0, titleHeight: 0 };
  const type = 'atomic' as const;
  return { ...box, path, key: path, type, description: '', depth: 0, isRegion: false, lines: [], ...rest };
}

/** @param initials by the parents' paths */
function leavesOf(nodes: readonly LayoutNode[], initials: Readonly<Record<string, string>>): string[] {
  const layout: ChartLayout = {
    ...layoutOf('machine'),
    nodes: [nodeOf(''), ...nodes],
    initials: Object.entries(initials).map(([parent, target]) => ({
      parent,
      target,
      dot: { x: 0, y: 0 },
      points: [],
    })),
  };
  return initialLeaves(layout);
}

describe('toAbsoluteBoxes', () => {
  it('adds up where a box is in the picture', () => {
    const nodes = [
      nodeOf('', { x: 16, y: 16, width: 300, height: 200 }),
      nodeOf('on', { parent: '', x: 20, y: 40, width: 200, height: 100 }),
      nodeOf('on.dim', { parent: 'on', x: 5, y: 30, width: 80, height: 30 }),
    ];
    expect(toAbsoluteBoxes({ nodes }).get('on.dim')).toEqual({ x: 41, y: 86, width: 80, height: 30 });
  });
});

describe('initialLeaves', () => {
  it('follows initial states inwards', () => {
    const nodes = [
      nodeOf('closed', { parent: '' }),
      nodeOf('open', { parent: '' }),
      nodeOf('open.idle', { parent: 'open' }),
    ];
    expect(leavesOf(nodes, { '': 'open', open: 'open.idle' })).toEqual(['open.idle']);
  });

  it('has one of each region', () => {
    const nodes = [
      nodeOf('open', { parent: '' }),
      nodeOf('open.flow', { parent: 'open', isRegion: true }),
      nodeOf('open.flow.clear', { parent: 'open.flow' }),
      nodeOf('open.work', { parent: 'open', isRegion: true }),
    ];
    const initials = { '': 'open', 'open.flow': 'open.flow.clear' };
    expect(leavesOf(nodes, initials)).toEqual(['open.flow.clear', 'open.work']);
  });
});
