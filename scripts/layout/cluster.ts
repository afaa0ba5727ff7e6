/**
 * A cluster is the part of a chart that ELK lays out at once: a state with everything inside it. Parallel states whose
 * regions are laid out already are single boxes in it. This file finds the arrows of a cluster and their ends.
 */

import { isInside, type StatePath } from '../../src/inspect/chart/chart.ts';
import type { Box, LayoutInitial, Point } from '../../src/inspect/chart/chart-layout.ts';
import type { ChartGraph, GraphEdge, GraphState, Size } from './chart-graph.ts';

export type Direction = 'DOWN' | 'RIGHT';

export interface Cluster {
  readonly graph: ChartGraph;
  readonly root: StatePath;
  /** The direction of arrows that follow the order of the chart. */
  readonly direction: Direction;
  /** The parallel states whose regions are laid out already. */
  readonly packed: ReadonlyMap<StatePath, Packing>;
}

/** The layout of a box. All places are relative to this box. */
export interface Layer {
  readonly boxes: ReadonlyMap<StatePath, Box>;
  readonly strands: readonly Strand[];
  /** By the id of the edge. */
  readonly labels: ReadonlyMap<string, Point>;
  readonly initials: readonly LayoutInitial[];
}

/** A piece of an arrow, in the direction of the arrow. */
export interface Strand {
  readonly edge: string;
  /** The order of the pieces of an arrow: first those inside the source (below 0), then 0, then those inside the target. */
  readonly rank: number;
  readonly points: readonly Point[];
}

/** The place where an arrow that leads out of a cluster, or into it, crosses the border of the cluster's box. */
export interface Crossing {
  readonly edge: GraphEdge;
  /** Whether the other end is before the cluster in the chart (upper border) or after it (lower border). */
  readonly side: 'before' | 'after';
  /** The place on the border, relative to the box. */
  readonly x: number;
}

export interface ClusterLayout extends Layer {
  readonly size: Size;
  readonly crossings: readonly Crossing[];
}

/** A parallel state with its regions in place. */
export interface Packing extends Layer {
  readonly size: Size;
  /** Where arrows of its regions cross its border, by the id of the edge. */
  readonly ports: ReadonlyMap<string, Port>;
}

export interface Port extends Point {
  readonly side: 'NORTH' | 'SOUTH' | 'WEST' | 'EAST';
}

/** The part of an arrow that is drawn in a cluster. */
export interface ClusterEdge {
  readonly edge: GraphEdge;
  /** Its ends: a state, or the parallel state around it. Undefined if the end is outside the cluster. */
  readonly source?: StatePath;
  readonly target?: StatePath;
  /** True if it leads against the order of the chart. */
  readonly isBackward: boolean;
}

export function stateAt({ states }: ChartGraph, path: StatePath): GraphState {
  const state = states.get(path);
  if (state === undefined) throw new Error(`the chart has no state ${path}`);
  return state;
}

export function edgesOf({ graph, root, packed }: Cluster): ClusterEdge[] {
  const parallels = [...packed.keys()];

  function endOf(path: StatePath): StatePath | undefined {
    if (path !== root && !isInside(path, root)) return undefined;
    return parallels.find((parallel) => isInside(path, parallel)) ?? path;
  }

  return graph.edges.flatMap((edge) => {
    const source = endOf(edge.source);
    const target = endOf(edge.target);
    if (source === target) return [];
    const isBackward = stateAt(graph, edge.source).order > stateAt(graph, edge.target).order;
    return [
      { edge, isBackward, ...(source !== undefined && { source }), ...(target !== undefined && { target }) },
    ];
  });
}

/** Whether the regions of a parallel state can be laid out one by one: no arrow leads between them or to their parent. */
export function isPackable({ edges }: ChartGraph, { state }: GraphState): boolean {
  if (state.type !== 'parallel') return false;
  const regionOf = (path: StatePath): StatePath | undefined =>
    path === state.path
      ? path
      : state.states.find((region) => path === region.path || isInside(path, region.path))?.path;
  return edges.every(({ source, target }) => {
    const from = regionOf(source);
    const to = regionOf(target);
    return from === undefined || to === undefined || from === to;
  });
}
