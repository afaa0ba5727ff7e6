/**
 * Lays a chart out as nested boxes and arrows. Arrows follow the chart's order downwards or to the right, whichever
 * makes the picture fit on a screen. The same chart is always laid out alike, in Node.js and in browsers.
 */

import { isInside, type Chart, type StatePath } from '../../src/inspect/chart/chart.ts';
import type { ChartLayout, LayoutOptions } from '../../src/inspect/chart/chart-layout.ts';
import { assembleLayout } from './assemble-layout.ts';
import { type ChartGraph, createChartGraph } from './chart-graph.ts';
import { type ClusterLayout, type Direction, isPackable, type Packing } from './cluster.ts';
import { type Elk, layoutCluster } from './layout-cluster.ts';
import { costOf, type RegionChoice } from './pack-regions.ts';
import { layoutParallel } from './parallel-layout.ts';

export type { Elk } from './layout-cluster.ts';

/** Width to height of the pictures that are looked for: that of a screen with something beside the picture. */
const ASPECT = 1.5;
/** What the regions of a parallel state are tried as: one of these makes the best of what is around them. */
const REGION_ASPECTS = [1, 2.2];

/**
 * @param elk an instance of elkjs, in whichever of its builds
 * @throws {Error} if ELK does not manage, which is a bug
 */
export async function layoutChart(chart: Chart, elk: Elk, options: LayoutOptions = {}): Promise<ChartLayout> {
  const graph = createChartGraph(chart, options);
  const layouts = await layoutAllWays(graph, '', elk);
  return assembleLayout(
    graph,
    layouts.reduce((best, other) => (costOf(other.size, ASPECT) < costOf(best.size, ASPECT) ? other : best)),
  );
}

async function layoutAllWays(graph: ChartGraph, root: StatePath, elk: Elk): Promise<RegionChoice> {
  const regions = await layoutRegions(graph, root, elk);
  const aspects = regions.size === 0 ? [ASPECT] : REGION_ASPECTS;
  const layout = (direction: Direction, aspect: number): Promise<ClusterLayout> => {
    const packed = new Map<StatePath, Packing>();
    for (const [path, choices] of regions)
      packed.set(path, layoutParallel(graph, path, choices, direction, aspect));
    return layoutCluster({ graph, root, direction, packed }, elk);
  };
  const [aspect = ASPECT, ...otherAspects] = aspects;
  const first = await layout('DOWN', aspect);
  const layouts: [ClusterLayout, ...ClusterLayout[]] = [first];
  for (const other of otherAspects) layouts.push(await layout('DOWN', other));
  // Arrows that cross the border do so above and below, where those of a layout to the right do not come from.
  if (first.crossings.length === 0) for (const any of aspects) layouts.push(await layout('RIGHT', any));
  return layouts;
}

/** The layouts of all regions of the parallel states in a state whose regions can be laid out on their own. */
async function layoutRegions(
  graph: ChartGraph,
  root: StatePath,
  elk: Elk,
): Promise<Map<StatePath, ReadonlyMap<StatePath, RegionChoice>>> {
  const layouts = new Map<StatePath, ReadonlyMap<StatePath, RegionChoice>>();
  for (const [path, state] of graph.states) {
    const isHere = path === root || isInside(path, root);
    const isCovered = [...layouts.keys()].some((outer) => isInside(path, outer));
    if (!isHere || isCovered || !isPackable(graph, state)) continue;
    const regions = new Map<StatePath, RegionChoice>();
    for (const region of state.state.states)
      regions.set(region.path, await layoutAllWays(graph, region.path, elk));
    layouts.set(path, regions);
  }
  return layouts;
}
