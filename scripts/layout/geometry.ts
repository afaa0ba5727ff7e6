/** Functions for boxes, and for lines with only vertical and horizontal parts. */

import type { Box, LayoutInitial, Point } from '../../src/inspect/chart/chart-layout.ts';

export function movePoint({ x, y }: Point, by: Point): Point {
  return { x: x + by.x, y: y + by.y };
}

export function moveBox(box: Box, by: Point): Box {
  return { ...box, x: box.x + by.x, y: box.y + by.y };
}

export function moveLine<Line extends { readonly points: readonly Point[] }>(line: Line, by: Point): Line {
  return { ...line, points: line.points.map((point) => movePoint(point, by)) };
}

export function moveInitial(initial: LayoutInitial, by: Point): LayoutInitial {
  return { ...moveLine(initial, by), dot: movePoint(initial.dot, by) };
}

/** The same line, without points that are not corners and without repeated points. */
export function straighten(points: readonly Point[]): Point[] {
  const corners: Point[] = [];
  for (const point of points) {
    const last = corners.at(-1);
    const before = corners.at(-2);
    if (last !== undefined && isSame(last, point)) continue;
    if (last !== undefined && before !== undefined && isStraight(before, last, point)) corners.pop();
    corners.push(point);
  }
  return corners;
}

/** Whether any part of a line is inside a box. The border does not count. */
export function crosses(points: readonly Point[], { x, y, width, height }: Box): boolean {
  return points.some((to, index) => {
    const from = points[index - 1] ?? to;
    return (
      Math.max(from.x, to.x) > x &&
      Math.min(from.x, to.x) < x + width &&
      Math.max(from.y, to.y) > y &&
      Math.min(from.y, to.y) < y + height
    );
  });
}

/** The first part of a line from above or below, up to the point where it first reaches the height `y`. */
export function cutAtHeight(points: readonly Point[], y: number): Point[] {
  const index = points.findIndex((to, at) => {
    const from = points[at - 1];
    return from !== undefined && Math.min(from.y, to.y) <= y && Math.max(from.y, to.y) >= y;
  });
  const end = points[index];
  return end === undefined ? [...points] : [...points.slice(0, index), { x: end.x, y }];
}

function isSame(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

function isStraight(a: Point, b: Point, c: Point): boolean {
  return (a.x === b.x && b.x === c.x) || (a.y === b.y && b.y === c.y);
}
