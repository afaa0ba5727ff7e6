/** Makes the layout of a chart from the layout of its outermost cluster: boxes with places in their parents, and arrows. */

import type { StatePath } from '../../src/inspect/chart/chart.ts';
import type {
  Box,
  ChartLayout,
  LayoutEdge,
  LayoutLabel,
  LayoutNode,
  Point,
} from '../../src/inspect/chart/chart-layout.ts';
import type { ChartGraph, GraphEdge, GraphState } from './chart-graph.ts';
import type { ClusterLayout } from './cluster.ts';
import { moveBox, moveInitial, movePoint, straighten } from './geometry.ts';
import { TITLE_HEIGHT } from '../../src/inspect/chart/text-metrics.ts';

/** The space around the box of the root. */
const MARGIN = 16;

export function assembleLayout(graph: ChartGraph, layout: ClusterLayout): ChartLayout {
  const margin: Point = { x: MARGIN, y: MARGIN };
  const boxes = new Map([...layout.boxes].map(([path, box]) => [path, moveBox(box, margin)]));
  return {
    machine: graph.machine,
    width: layout.size.width + 2 * MARGIN,
    height: layout.size.height + 2 * MARGIN,
    nodes: [...graph.states.values()].map((state) => toNode(state, boxes)),
    edges: graph.edges.map((edge) => toEdge(edge, layout, margin)),
    initials: layout.initials
      .map((initial) => moveInitial(initial, margin))
      .sort((a, b) => orderOf(graph, a.parent) - orderOf(graph, b.parent)),
  };
}

function toNode(
  { state, parent, depth, isRegion, lines }: GraphState,
  boxes: ReadonlyMap<StatePath, Box>,
): LayoutNode {
  const { path, key, type, description } = state;
  const outer = parent === undefined ? { x: 0, y: 0 } : boxAt(boxes, parent);
  const { width, height, ...place } = boxAt(boxes, path);
  return {
    path,
    ...(parent !== undefined && { parent }),
    key,
    type,
    description,
    depth,
    isRegion,
    ...movePoint(place, { x: -outer.x, y: -outer.y }),
    width,
    height,
    titleHeight: TITLE_HEIGHT,
    lines,
  };
}

function toEdge(edge: GraphEdge, { strands, labels }: ClusterLayout, margin: Point): LayoutEdge {
  const { id, source, target, lines } = edge;
  const points = strands
    .filter((strand) => strand.edge === id)
    .sort((a, b) => a.rank - b.rank)
    .flatMap((strand) => strand.points);
  const label: LayoutLabel = { ...movePoint(placeAt(labels, id), margin), ...edge.label, lines };
  return {
    id,
    source,
    target,
    transitions: lines.map(({ transition }) => transition),
    points: straighten(points.map((point) => movePoint(point, margin))),
    label,
  };
}

function boxAt(boxes: ReadonlyMap<StatePath, Box>, path: StatePath): Box {
  const box = boxes.get(path);
  if (box === undefined) throw new Error(`${path} has no box`);
  return box;
}

function placeAt(places: ReadonlyMap<string, Point>, edge: string): Point {
  const place = places.get(edge);
  if (place === undefined) throw new Error(`${edge} has no label`);
  return place;
}

function orderOf({ states }: ChartGraph, path: StatePath): number {
  return states.get(path)?.order ?? 0;
}
