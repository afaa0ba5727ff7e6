/** A parallel state that is laid out already is a single box for ELK. This file finds the places of arrows on its border. */

import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { StatePath } from '../../src/inspect/chart/chart.ts';
import type { Size } from './chart-graph.ts';
import type { Cluster, ClusterEdge, Direction, Packing, Port } from './cluster.ts';
import { elkId } from './elk-ids.ts';

/** The space between the ends of two arrows at a parallel state. */
const PORT_GAP = 14;
/** The usual size of a label, with the space to the next one. */
const LABEL_WIDTH = 160;
const LABEL_HEIGHT = 48;

/**
 * The places of arrows of regions are known. ELK would put the other arrows of such a state into its corner, so they get
 * places here too.
 */
export function toPackedNode(
  { direction }: Cluster,
  path: StatePath,
  { size, ports }: Packing,
  edges: readonly ClusterEdge[],
): ElkNode {
  const node = { id: elkId.state(path), ...size };
  if (ports.size === 0) return node;
  const own = edges.filter(
    ({ edge: { id }, ...end }) => !ports.has(id) && (end.source === path || end.target === path),
  );
  const all = new Map(ports);
  for (const side of ['before', 'after'] as const) {
    const here = own.filter((edge) => isAt(edge, path, side));
    for (const [index, { edge }] of here.entries()) {
      const share = { offset: index - (here.length - 1) / 2, of: here.length };
      all.set(edge.id, findPlace(size, side, direction, share, [...all.values()]));
    }
  }
  return {
    ...node,
    ports: [...all].map(([edge, { x, y, side }]) => ({
      id: elkId.port(path, edge),
      x,
      y,
      width: 0,
      height: 0,
      layoutOptions: { 'elk.port.side': side },
    })),
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
  };
}

/** Whether the other end of an arrow is before a state, or after it. */
function isAt({ source, isBackward }: ClusterEdge, path: StatePath, side: 'before' | 'after'): boolean {
  return (source === path) === isBackward ? side === 'before' : side === 'after';
}

/** A free place on the side where ELK expects the arrow: `offset` labels away from the middle. */
function findPlace(
  { width, height }: Size,
  at: 'before' | 'after',
  direction: Direction,
  { offset, of }: { readonly offset: number; readonly of: number },
  taken: readonly Port[],
): Port {
  const isDown = direction === 'DOWN';
  const side = at === 'before' ? (isDown ? 'NORTH' : 'WEST') : isDown ? 'SOUTH' : 'EAST';
  const others = taken.filter((port) => port.side === side).map(({ x, y }) => (isDown ? x : y));
  const length = isDown ? width : height;
  const step = Math.min(isDown ? LABEL_WIDTH : LABEL_HEIGHT, length / (of + 1));
  const place = findClear(Math.round(length / 2 + offset * step), length, others);
  if (isDown) return { side, x: place, y: at === 'before' ? 0 : height };
  return { side, x: at === 'before' ? 0 : width, y: place };
}

/** The free place that is nearest to `wish`. If there is none, `wish` itself. */
function findClear(wish: number, length: number, others: readonly number[]): number {
  const isClear = (place: number): boolean =>
    place > 0 && place < length && others.every((other) => Math.abs(other - place) >= PORT_GAP);
  for (let distance = 0; distance < length; distance += 1) {
    if (isClear(wish + distance)) return wish + distance;
    if (isClear(wish - distance)) return wish - distance;
  }
  return wish;
}
