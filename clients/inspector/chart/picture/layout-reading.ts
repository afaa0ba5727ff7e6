/** What the picture computes from a layout: the places of the boxes, and the first states of an actor. */

import type { StatePath } from '../../../../src/inspect/chart/chart.ts';
import type { Box, ChartLayout } from '../../../../src/inspect/chart/chart-layout.ts';

const ROOT: StatePath = '';

/** The boxes of states by their place in the picture, not in their parents; parents before their children. */
export function toAbsoluteBoxes({ nodes }: Pick<ChartLayout, 'nodes'>): ReadonlyMap<StatePath, Box> {
  const boxes = new Map<StatePath, Box>();
  for (const { path, parent, x, y, width, height } of nodes) {
    const outer = parent === undefined ? undefined : boxes.get(parent);
    boxes.set(path, { x: x + (outer?.x ?? 0), y: y + (outer?.y ?? 0), width, height });
  }
  return boxes;
}

/** The leaf states that are entered first, in the chart's order: one, or one of each region. */
export function initialLeaves({ nodes, initials }: Pick<ChartLayout, 'nodes' | 'initials'>): StatePath[] {
  return leavesOf(ROOT);

  function leavesOf(path: StatePath): StatePath[] {
    const initial = initials.find(({ parent }) => parent === path);
    if (initial !== undefined) return leavesOf(initial.target);
    const regions = nodes.filter(({ parent, isRegion }) => isRegion && parent === path);
    return regions.length === 0 ? [path] : regions.flatMap((region) => leavesOf(region.path));
  }
}
