/**
 * A part of a chart that is laid out in one go: a state with all that lies in it, down to parallel states whose
 * regions have been laid out on their own. It tells which arrows are drawn in it, and between which ends.
 */

import { isInside, type StatePath } from '../../src/inspect/chart/chart.ts';
import type { Box, LayoutInitial, Point } from '../../src/inspect/chart/chart-layout.ts';
import type { ChartGraph, GraphEdge, GraphState, Size } from './chart-graph.ts';

export type Direction = 'DOWN' | 'RIGHT';

export interface Cluster {
  readonly graph: ChartGraph;
  readonly root: StatePath;
  /** Where arrows lead that follow the chart's order. */
  readonly direction: Direction;
  /** The parallel states whose regions are laid out already. */
  readonly packed: ReadonlyMap<StatePath, Packing>;
}

/** What was laid out, with places relative to the box that it is the layout of. */
export interface Layer {
  readonly boxes: ReadonlyMap<StatePath, Box>;
  readonly strands: readonly Strand[];
  /** By the edge. */
  readonly labels: ReadonlyMap<string, Point>;
  readonly initials: readonly LayoutInitial[];
}

/** A piece of an arrow, in the arrow's direction. */
export interface Strand {
  readonly edge: string;
  /** Pieces of an arrow follow each other by this: the ones from inside the source, then 0, then those into the target. */
  readonly rank: number;
  readonly points: readonly Point[];
}

/** An arrow that leads out of a cluster, or into it, crosses the border of its box. */
export interface Crossing {
  readonly edge: GraphEdge;
  /** Whether the other end comes before the cluster in the chart's order, or after: the upper border, or the lower. */
  readonly side: 'before' | 'after';
  /** Its place on the border; relative to the box. */
  readonly x: number;
}

export interface ClusterLayout extends Layer {
  readonly size: Size;
  readonly crossings: readonly Crossing[];
}

/** A parallel state with its regions in place. */
export interface Packing extends Layer {
  readonly size: Size;
  /** Where arrows of its regions leave and enter, by the edge. */
  readonly ports: ReadonlyMap<string, Port>;
}

export interface Port extends Point {
  readonly side: 'NORTH' | 'SOUTH' | 'WEST' | 'EAST';
}

/** An arrow as far as a cluster draws it. */
export interface ClusterEdge {
  readonly edge: GraphEdge;
  /** What it starts and ends at: a state, or a parallel state that it leads out of. Outside the cluster: missing. */
  readonly source?: StatePath;
  readonly target?: StatePath;
  /** It leads against the chart's order. */
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

/** Whether the regions of a parallel state can be laid out on their own: no arrow leads between them, or to their parent. */
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
