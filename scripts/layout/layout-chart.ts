/**
 * Lays a chart out as nested boxes and arrows. Arrows follow the order of the chart downwards or to the right: the
 * direction that fits better on a screen is used. The layout of a chart is always the same.
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

/** The best ratio of width to height: that of a screen with a panel beside the picture. */
const ASPECT = 1.5;
/** The ratios that are tried for the regions of a parallel state. The one that gives the best whole picture is used. */
const REGION_ASPECTS = [1, 2.2];

/**
 * @param elk An instance of elkjs; any of its builds.
 * @throws {Error} if ELK fails, which is a bug.
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
  // Arrows can cross the border only above and below, so a layout to the right must have no crossings.
  if (first.crossings.length === 0) for (const any of aspects) layouts.push(await layout('RIGHT', any));
  return layouts;
}

/** The layouts of the regions of all parallel states inside a state, if these regions can be laid out one by one. */
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
