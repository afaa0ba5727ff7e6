/**
 * Finds places for the regions of a parallel state, in the order of the chart: rows of columns, with one or more regions
 * in a column. ELK would put all regions side by side.
 */

import type { StatePath } from '../../src/inspect/chart/chart.ts';
import type { Size } from './chart-graph.ts';
import type { ClusterLayout } from './cluster.ts';
import type { Box } from '../../src/inspect/chart/chart-layout.ts';

/** The possible layouts of one region. In the first one, arrows lead down. */
export type RegionChoice = readonly [ClusterLayout, ...ClusterLayout[]];

export interface Region {
  readonly region: StatePath;
  readonly layout: ClusterLayout;
}

/** Rows from top to bottom, columns from left to right, and the regions of a column from top to bottom. */
export type Rows = readonly (readonly Column[])[];
export type Column = readonly Region[];

/** Regions with their boxes. */
export interface RowPlan {
  readonly rows: Rows;
  /** Relative to the upper left corner of the first row. */
  readonly boxes: ReadonlyMap<StatePath, Box>;
  readonly size: Size;
}

/** The space between regions. */
const REGION_GAP = 12;
/** The space between the border of a region and an arrow along it, and between such arrows. */
export const TRACK_GAP = 10;
/** Up to so many regions, all arrangements are tried. More regions are put one below the other. */
const MAX_COMBINED = 6;

/** How badly a picture fits into a window whose width is `aspect` times its height. A lower number is better. */
export function costOf({ width, height }: Size, aspect: number): number {
  const across = width / aspect;
  return Math.max(across, height) + (across + height) / 10;
}

/**
 * Finds the best places of regions for a picture whose width is about `aspect` times its height.
 * @param trackBelow Whether arrows out of the last row need space below it, because they turn to the side there.
 */
export function packRegions(
  choices: ReadonlyMap<StatePath, RegionChoice>,
  aspect: number,
  trackBelow: boolean,
): RowPlan {
  const plans = chooseLayouts([...choices])
    .flatMap(arrange)
    .map((rows) => planRows(rows, trackBelow));
  return plans.reduce((best, plan) => (costOf(plan.size, aspect) < costOf(best.size, aspect) ? plan : best));
}

function chooseLayouts(choices: readonly (readonly [StatePath, RegionChoice])[]): Region[][] {
  if (choices.length > MAX_COMBINED) return [choices.map(([region, [layout]]) => ({ region, layout }))];
  return choices.reduce<Region[][]>(
    (lists, [region, layouts]) =>
      lists.flatMap((list) => layouts.map((layout) => [...list, { region, layout }])),
    [[]],
  );
}

/** All arrangements that keep the order of the regions. */
function arrange(regions: readonly Region[]): Rows[] {
  const [first, ...rest] = regions;
  if (first === undefined) return [[]];
  if (regions.length > MAX_COMBINED) return [regions.map((region) => [[region]])];
  if (rest.length === 0) return [[[[first]]]];
  return arrange(rest).flatMap(([row = [], ...rows]) => {
    const [column = [], ...columns] = row;
    const newRow: Rows = [[[first]], row, ...rows];
    const newColumn: Rows = [[[first], ...row], ...rows];
    const sameColumn: Rows = [[[first, ...column], ...columns], ...rows];
    // There must be nothing above and below a region with arrows that lead out.
    return [first, ...column].some(hasCrossings) ? [newRow, newColumn] : [newRow, newColumn, sameColumn];
  });
}

/** A region is as wide as its column. The last region of a column reaches down to the end of its row. */
function planRows(rows: Rows, trackBelow: boolean): RowPlan {
  const boxes = new Map<StatePath, Box>();
  const widest = Math.max(...rows.map(widthOfRow));
  let top = 0;
  for (const [index, row] of rows.entries()) {
    top += tracksOf(row, 'before');
    const height = Math.max(...row.map(heightOfColumn));
    const extra = (widest - widthOfRow(row)) / row.length;
    let x = 0;
    for (const column of row) {
      const width = widthOfColumn(column) + extra;
      let y = top;
      for (const { region, layout } of column) {
        const isLast = region === column.at(-1)?.region;
        boxes.set(region, { x, y, width, height: isLast ? top + height - y : layout.size.height });
        y += layout.size.height + REGION_GAP;
      }
      x += width + REGION_GAP;
    }
    const isLast = index === rows.length - 1;
    top += height + (isLast ? 0 : REGION_GAP) + (isLast && !trackBelow ? 0 : tracksOf(row, 'after'));
  }
  return { rows, boxes, size: { width: widest, height: top } };
}

function tracksOf(row: readonly Column[], side: 'before' | 'after'): number {
  const crossings = row.flat().flatMap(({ layout }) => layout.crossings);
  return TRACK_GAP * crossings.filter((crossing) => crossing.side === side).length;
}

function hasCrossings({ layout }: Region): boolean {
  return layout.crossings.length > 0;
}

function widthOfRow(row: readonly Column[]): number {
  return sum(row.map(widthOfColumn));
}

function widthOfColumn(column: Column): number {
  return Math.max(...column.map(({ layout }) => layout.size.width));
}

function heightOfColumn(column: Column): number {
  return sum(column.map(({ layout }) => layout.size.height));
}

/** The sum of the lengths and of the gaps between them. */
function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, REGION_GAP * (lengths.length - 1));
}
