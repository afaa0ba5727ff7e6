/**
 * Lays out a parallel state with its regions. Arrows out of regions lead between the rows to the border of the state. The
 * cluster around the state draws the rest of them.
 */

import type { StatePath } from '../../src/inspect/chart/chart.ts';
import type { Box, LayoutInitial, Point } from '../../src/inspect/chart/chart-layout.ts';
import type { ChartGraph } from './chart-graph.ts';
import { type Crossing, type Direction, type Packing, type Port, type Strand, stateAt } from './cluster.ts';
import { BOX_PADDING } from './elk-graph.ts';
import { moveBox, moveInitial, moveLine, movePoint, straighten } from './geometry.ts';
import { packRegions, type Region, type RegionChoice, TRACK_GAP } from './pack-regions.ts';

/** The part of an arrow between its region and the border of the parallel state. */
interface Way {
  /** From the border of the region. */
  readonly points: readonly Point[];
  readonly port: Port;
}

/** @param aspect The wanted ratio of width to height. */
export function layoutParallel(
  graph: ChartGraph,
  path: StatePath,
  choices: ReadonlyMap<StatePath, RegionChoice>,
  direction: Direction,
  aspect: number,
): Packing {
  const { header, depth } = stateAt(graph, path);
  const goesBelow = direction === 'DOWN';
  const plan = packRegions(choices, aspect, !goesBelow);
  const corner: Point = { x: BOX_PADDING, y: header.height + BOX_PADDING / 2 };
  const size = {
    width: Math.max(header.width, plan.size.width + 2 * BOX_PADDING),
    height: corner.y + plan.size.height + BOX_PADDING,
  };

  const boxes = new Map<StatePath, Box>();
  const labels = new Map<string, Point>();
  const strands: Strand[] = [];
  const initials: LayoutInitial[] = [];
  const ports = new Map<string, Port>();
  for (const [index, row] of plan.rows.entries()) {
    const isLast = index === plan.rows.length - 1;
    const ways = leadOut(row.flat(), isLast && goesBelow);
    for (const { region, layout } of row.flat()) {
      const to = contentOf({ region, layout });
      for (const [inner, box] of layout.boxes) boxes.set(inner, moveBox(box, to));
      boxes.set(region, boxOf(region));
      for (const [edge, place] of layout.labels) labels.set(edge, movePoint(place, to));
      strands.push(...layout.strands.map((strand) => extend(moveLine(strand, to), ways)));
      initials.push(...layout.initials.map((initial) => moveInitial(initial, to)));
    }
    for (const [edge, { port }] of ways) ports.set(edge, port);
  }
  return { size, boxes, labels, strands, initials, ports };

  /** The ways of arrows out of the regions of a row. They are side by side and do not cross each other. */
  function leadOut(regions: readonly Region[], straightDown: boolean): Map<string, Way> {
    const crossings = regions
      .flatMap((region) =>
        region.layout.crossings.map(({ edge, side, x }) => ({
          edge: edge.id,
          side,
          x: x + contentOf(region).x,
          box: boxOf(region.region),
        })),
      )
      .sort((a, b) => a.x - b.x);
    const ways = new Map<string, Way>();
    for (const [track, { edge, x, box }] of of(crossings, 'before').entries()) {
      const y = box.y - (track + 1) * TRACK_GAP;
      const points = [
        { x, y: box.y },
        { x, y },
        { x: 0, y },
      ];
      ways.set(edge, { points, port: { side: 'WEST', x: 0, y } });
    }
    for (const [track, { edge, x, box }] of of(crossings, 'after').toReversed().entries()) {
      const border = { x, y: box.y + box.height };
      const y = straightDown ? size.height : border.y + (track + 1) * TRACK_GAP;
      const turn = { x, y };
      const end = { x: size.width, y };
      ways.set(
        edge,
        straightDown
          ? { points: [border, turn], port: { side: 'SOUTH', ...turn } }
          : { points: [border, turn, end], port: { side: 'EAST', ...end } },
      );
    }
    return ways;
  }

  /** Extends a strand that ends at the border of its region to the border of the parallel state. */
  function extend(strand: Strand, ways: ReadonlyMap<string, Way>): Strand {
    if (Math.abs(strand.rank) !== depth + 1) return strand;
    const way = ways.get(strand.edge)?.points ?? [];
    const points = strand.rank < 0 ? [...strand.points, ...way] : [...way.toReversed(), ...strand.points];
    return { ...strand, points: straighten(points) };
  }

  function boxOf(region: StatePath): Box {
    const box = plan.boxes.get(region);
    if (box === undefined) throw new Error(`${region} has no place`);
    const missing = size.width - 2 * BOX_PADDING - plan.size.width;
    const isWhole = box.width === plan.size.width;
    return { ...moveBox(box, corner), width: box.width + (isWhole ? missing : 0) };
  }

  /** The content of a region is in the middle of its box, if the box is wider. */
  function contentOf({ region, layout }: Region): Point {
    const { x, y, width } = boxOf(region);
    return { x: x + (width - layout.size.width) / 2, y };
  }
}

function of<Value extends Pick<Crossing, 'side'>>(
  crossings: readonly Value[],
  side: Crossing['side'],
): Value[] {
  return crossings.filter((crossing) => crossing.side === side);
}
