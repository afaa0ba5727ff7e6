/** Reads the output of ELK: boxes, arrows and labels, with places relative to the box of the cluster. */

import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { StatePath } from '../../src/inspect/chart/chart.ts';
import type { Box, LayoutInitial, Point } from '../../src/inspect/chart/chart-layout.ts';
import type { GraphEdge } from './chart-graph.ts';
import { type Cluster, type ClusterLayout, type Crossing, edgesOf, type Strand, stateAt } from './cluster.ts';
import { DOT_SIZE, isBefore, LABEL_PADDING } from './elk-graph.ts';
import { elkId } from './elk-ids.ts';
import { cutAtHeight, moveBox, moveInitial, moveLine, movePoint, straighten } from './geometry.ts';

export function readElkGraph(cluster: Cluster, answer: ElkNode): ClusterLayout {
  const { graph, root, packed } = cluster;
  const shapes = collectShapes(answer);
  const edges = collectEdges(answer);
  const origin = shapeOf(elkId.state(root));
  const toHere: Point = { x: -origin.x, y: -origin.y };
  const size = { width: origin.width, height: origin.height };

  const boxes = new Map<StatePath, Box>();
  const strands: Strand[] = [];
  const labels = new Map<string, Point>();
  const initials: LayoutInitial[] = [];
  const crossings: Crossing[] = [];

  readState(root);
  const rank = stateAt(graph, root).depth;
  for (const { edge, isBackward, source, target } of edgesOf(cluster)) {
    const points = pointsOf(elkId.edge(edge.id));
    if (isBackward) points.reverse();
    if (source !== undefined && target !== undefined) {
      strands.push({ edge: edge.id, rank: 0, points });
      labels.set(edge.id, labelOf(edge, source));
    } else {
      const side = isBefore({ isBackward, ...(source !== undefined && { source }) }) ? 'before' : 'after';
      const border = side === 'before' ? 0 : size.height;
      const inner = cutAtHeight(source === undefined ? points.toReversed() : points, border);
      crossings.push({ edge, side, x: inner.at(-1)?.x ?? 0 });
      strands.push(
        source === undefined
          ? { edge: edge.id, rank, points: inner.toReversed() }
          : { edge: edge.id, rank: -rank, points: inner },
      );
    }
  }
  return { size, boxes, strands, labels, initials, crossings };

  function readState(path: StatePath): void {
    const { state } = stateAt(graph, path);
    const box = moveBox(shapeOf(elkId.state(path)), toHere);
    boxes.set(path, box);
    const packing = packed.get(path);
    if (packing !== undefined) {
      const { x, y } = box;
      for (const [inner, innerBox] of packing.boxes) boxes.set(inner, moveBox(innerBox, { x, y }));
      for (const [edge, place] of packing.labels) labels.set(edge, movePoint(place, { x, y }));
      strands.push(...packing.strands.map((strand) => moveLine(strand, box)));
      initials.push(...packing.initials.map((initial) => moveInitial(initial, box)));
      return;
    }
    if (state.initial !== undefined) initials.push(initialOf(path, state.initial));
    for (const child of state.states) readState(child.path);
  }

  function initialOf(parent: StatePath, target: StatePath): LayoutInitial {
    const { x, y } = moveBox(shapeOf(elkId.dot(parent)), toHere);
    return {
      parent,
      target,
      dot: { x: x + DOT_SIZE / 2, y: y + DOT_SIZE / 2 },
      points: pointsOf(elkId.initial(parent)),
    };
  }

  function labelOf({ id, isInward }: GraphEdge, source: StatePath | undefined): Point {
    const label =
      isInward && source !== undefined ? shapeOf(elkId.label(id)) : edgeOf(elkId.edge(id)).labels?.[0];
    return movePoint({ x: (label?.x ?? 0) + LABEL_PADDING, y: label?.y ?? 0 }, toHere);
  }

  function pointsOf(id: string): Point[] {
    const [section] = edgeOf(id).sections ?? [];
    if (section === undefined) throw new Error(`the output of ELK has no line for ${id}`);
    const { startPoint, bendPoints = [], endPoint } = section;
    return straighten([startPoint, ...bendPoints, endPoint].map((point) => movePoint(point, toHere)));
  }

  function edgeOf(id: string): ElkExtendedEdge {
    const edge = edges.get(id);
    if (edge === undefined) throw new Error(`the output of ELK has no ${id}`);
    return edge;
  }

  function shapeOf(id: string): Box {
    const shape = shapes.get(id);
    if (shape === undefined) throw new Error(`the output of ELK has no ${id}`);
    return shape;
  }
}

function collectShapes(node: ElkNode, found = new Map<string, Box>()): Map<string, Box> {
  const { id, x = 0, y = 0, width = 0, height = 0, children = [] } = node;
  found.set(id, { x, y, width, height });
  for (const child of children) collectShapes(child, found);
  return found;
}

function collectEdges(
  node: ElkNode,
  found = new Map<string, ElkExtendedEdge>(),
): Map<string, ElkExtendedEdge> {
  for (const edge of node.edges ?? []) found.set(edge.id, edge);
  for (const child of node.children ?? []) collectEdges(child, found);
  return found;
}
