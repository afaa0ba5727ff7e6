import { describe, expect, it } from 'vitest';
import type { ChartLayout, LayoutEdge, LayoutNode } from '../../../../src/inspect/chart/chart-layout.ts';
import { toAbsoluteBoxes, toFlowEdges, toFlowNodes } from './flow-elements.ts';
import { layoutOf } from '../../testing/charts.ts';

const LAYOUT: ChartLayout = {
  ...layoutOf('light'),
  nodes: [
    node({ path: '', key: 'light', depth: 0, x: 16, y: 16, width: 300, height: 200 }),
    node({ path: 'on', parent: '', key: 'on', depth: 1, x: 20, y: 40, width: 200, height: 100 }),
    node({ path: 'on.dim', parent: 'on', key: 'dim', depth: 2, x: 5, y: 30, width: 80, height: 30 }),
  ],
  edges: [edge('on.dim', '')],
};

describe('a layout for React Flow', () => {
  it('nests the boxes, each above the one it stands in', () => {
    const [root, on, dim] = toFlowNodes(LAYOUT);
    expect(root?.id).not.toBe('');
    expect(root?.parentId).toBeUndefined();
    expect(on?.parentId).toBe(root?.id);
    expect(dim?.parentId).toBe(on?.id);
    expect([root?.zIndex, on?.zIndex, dim?.zIndex]).toEqual([0, 1, 2]);
    expect(dim).toMatchObject({ position: { x: 5, y: 30 }, width: 80, height: 30 });
  });

  it('connects boxes that there are, above all of them', () => {
    const nodes = toFlowNodes(LAYOUT);
    const ids = nodes.map(({ id }) => id);
    for (const { source, target, zIndex } of toFlowEdges(LAYOUT)) {
      expect(ids).toContain(source);
      expect(ids).toContain(target);
      expect(zIndex).toBeGreaterThan(Math.max(...nodes.map((node) => node.zIndex ?? 0)));
    }
  });

  it('adds up where a box is in the picture', () => {
    expect(toAbsoluteBoxes(LAYOUT).get('on.dim')).toEqual({ x: 41, y: 86, width: 80, height: 30 });
  });
});

function node(
  part: Pick<LayoutNode, 'path' | 'key' | 'depth' | 'x' | 'y' | 'width' | 'height'> & { parent?: string },
): LayoutNode {
  return { type: 'compound', description: '', isRegion: false, titleHeight: 28, lines: [], ...part };
}

function edge(source: string, target: string): LayoutEdge {
  return {
    id: `${source}>${target}`,
    source,
    target,
    transitions: [`${source}|leave|0`],
    points: [],
    label: { x: 0, y: 0, width: 0, height: 0, lines: [] },
  };
}
