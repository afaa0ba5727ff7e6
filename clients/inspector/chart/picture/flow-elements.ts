/** A layout as React Flow wants it: flat lists of nodes and edges with ids. */

import { type Edge, type Node, Position } from '@xyflow/react';
import type { StatePath } from '../../../../src/inspect/chart/chart.ts';
import type { Box, ChartLayout, LayoutEdge, LayoutNode } from '../../../../src/inspect/chart/chart-layout.ts';

export type StateNode = Node<{ readonly state: LayoutNode }, 'state'>;
export type TransitionEdge = Edge<{ readonly edge: LayoutEdge }, 'transition'>;

/** Above every box, however deeply nested: lines lead across the borders of boxes. */
const EDGE_LEVEL = 1000;

/**
 * React Flow draws no edge between nodes without handles, though ours go where the layout has them go. It takes these
 * until it has found the ones in the box.
 */
const HANDLES = (['source', 'target'] as const).map((type) => ({ type, position: Position.Top, x: 0, y: 0 }));

/** An id is never empty, as the root's path is. */
function toNodeId(path: StatePath): string {
  return `/${path}`;
}

export function toFlowNodes({ nodes }: ChartLayout): StateNode[] {
  return nodes.map((state) => ({
    id: toNodeId(state.path),
    type: 'state',
    ...(state.parent !== undefined && { parentId: toNodeId(state.parent) }),
    position: { x: state.x, y: state.y },
    width: state.width,
    height: state.height,
    handles: HANDLES,
    zIndex: state.depth,
    data: { state },
    domAttributes: { 'aria-roledescription': undefined },
  }));
}

export function toFlowEdges({ edges }: ChartLayout): TransitionEdge[] {
  return edges.map((edge) => ({
    id: edge.id,
    type: 'transition',
    source: toNodeId(edge.source),
    target: toNodeId(edge.target),
    zIndex: EDGE_LEVEL,
    data: { edge },
    ariaRole: 'presentation',
    domAttributes: { 'aria-hidden': true, 'aria-roledescription': undefined },
  }));
}

/** The boxes of states by their place in the picture, not in their parents. */
export function toAbsoluteBoxes({ nodes }: ChartLayout): ReadonlyMap<StatePath, Box> {
  const boxes = new Map<StatePath, Box>();
  for (const { path, parent, x, y, width, height } of nodes) {
    const outer = parent === undefined ? undefined : boxes.get(parent);
    boxes.set(path, { x: x + (outer?.x ?? 0), y: y + (outer?.y ?? 0), width, height });
  }
  return boxes;
}
