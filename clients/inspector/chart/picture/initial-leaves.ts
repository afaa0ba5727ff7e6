/** Where an actor of a machine begins: the leaf states that are entered first. */

import type { StatePath } from '../../../../src/inspect/chart/chart.ts';
import type { ChartLayout } from '../../../../src/inspect/chart/chart-layout.ts';

const ROOT: StatePath = '';

/** In the chart's order: one, or one of each region. */
export function initialLeaves({ nodes, initials }: Pick<ChartLayout, 'nodes' | 'initials'>): StatePath[] {
  return leavesOf(ROOT);

  function leavesOf(path: StatePath): StatePath[] {
    const initial = initials.find(({ parent }) => parent === path);
    if (initial !== undefined) return leavesOf(initial.target);
    const regions = nodes.filter(({ parent, isRegion }) => isRegion && parent === path);
    return regions.length === 0 ? [path] : regions.flatMap((region) => leavesOf(region.path));
  }
}
