/** Lays a cluster out with ELK. If a header has not enough space, ELK is called again with more space. */

import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js';
import type { StatePath } from '../../src/inspect/chart/chart.ts';
import type { Box } from '../../src/inspect/chart/chart-layout.ts';
import { type Cluster, type ClusterLayout, stateAt } from './cluster.ts';
import { BOX_PADDING, type HeaderRoom, toElkGraph } from './elk-graph.ts';
import { crosses } from './geometry.ts';
import { readElkGraph } from './read-elk-graph.ts';

/** The part of ELK that charts need. It keeps no state between calls. */
export type Elk = Pick<ELK, 'layout'>;

/** A limit for calls of ELK. No known chart needs more, and a header without enough space can still be read. */
const MAX_ROUNDS = 5;

const NO_ROOM: HeaderRoom = { isBeside: false, right: 0, bottom: 0 };

export async function layoutCluster(cluster: Cluster, elk: Elk): Promise<ClusterLayout> {
  let rooms = new Map<StatePath, HeaderRoom>();
  for (let round = 1; ; round += 1) {
    const answer: ElkNode = await elk.layout(toElkGraph(cluster, rooms));
    const layout = readElkGraph(cluster, answer);
    const wanted = findRooms(cluster, layout, rooms);
    if (round === MAX_ROUNDS || isSame(wanted, rooms)) return layout;
    rooms = wanted;
  }
}

function findRooms(
  { graph, packed, direction }: Cluster,
  { boxes, strands, initials }: ClusterLayout,
  given: ReadonlyMap<StatePath, HeaderRoom>,
): Map<StatePath, HeaderRoom> {
  const lines = [...strands, ...initials].map(({ points }) => points);
  const rooms = new Map<StatePath, HeaderRoom>();
  for (const [path, box] of boxes) {
    const { state, header } = stateAt(graph, path);
    if (state.states.length === 0 || packed.has(path)) continue;
    const had = given.get(path) ?? NO_ROOM;
    const text: Box = {
      x: box.x + BOX_PADDING / 2,
      y: box.y,
      width: header.width - BOX_PADDING,
      height: header.height,
    };
    const isBeside = had.isBeside || (direction === 'DOWN' && lines.some((points) => crosses(points, text)));
    const right = isBeside ? 0 : had.right + Math.max(0, header.width - box.width);
    const bottom = isBeside ? had.bottom + Math.max(0, header.height - box.height) : 0;
    if (isBeside || right > 0) rooms.set(path, { isBeside, right, bottom });
  }
  return rooms;
}

function isSame(a: ReadonlyMap<StatePath, HeaderRoom>, b: ReadonlyMap<StatePath, HeaderRoom>): boolean {
  return (
    a.size === b.size &&
    [...a].every(([path, { isBeside, right, bottom }]) => {
      const other = b.get(path);
      return other?.isBeside === isBeside && other.right === right && other.bottom === bottom;
    })
  );
}
