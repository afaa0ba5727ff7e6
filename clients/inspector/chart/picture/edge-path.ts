/** The geometry of an arrow along the points of its line, as path data. */

import type { Point } from '../../../../src/inspect/chart/chart-layout.ts';

/** The radius of the corners of a line, in CSS pixels at zoom 1. */
const CORNER_RADIUS = 6;

/** From the tip of an arrow's head to its back, in CSS pixels at zoom 1. */
export const HEAD_LENGTH = 8;
const HEAD_HALF_WIDTH = 4;

/** A point on a line. */
export interface Waypoint extends Point {
  /** The part of the line up to this point, 0 to 1. */
  readonly offset: number;
}

/** The path of a line with round corners, up to the back of its head. */
export function toLinePath(points: readonly Point[]): string {
  const line = shorten(points, HEAD_LENGTH - 1);
  const [first] = line;
  if (first === undefined) return '';
  const steps = line.slice(1).map((point, index) => {
    const before = line[index] ?? point;
    const after = line[index + 2];
    if (after === undefined) return `L${show(point)}`;
    // Two corners on a short segment get half of it each.
    const radius = Math.min(CORNER_RADIUS, distance(before, point) / 2, distance(point, after) / 2);
    return `L${show(towards(point, before, radius))}Q${show(point)} ${show(towards(point, after, radius))}`;
  });
  return `M${show(first)}${steps.join('')}`;
}

/** The path of the triangle at a line's end, its tip on the last point. */
export function toHeadPath(points: readonly Point[]): string {
  const tip = points.at(-1);
  if (tip === undefined) return '';
  const from = points.findLast((point) => distance(point, tip) > 0);
  if (from === undefined) return '';
  const back = towards(tip, from, HEAD_LENGTH);
  const length = distance(tip, back);
  const across = {
    x: ((tip.y - back.y) / length) * HEAD_HALF_WIDTH,
    y: ((back.x - tip.x) / length) * HEAD_HALF_WIDTH,
  };
  const left = { x: back.x + across.x, y: back.y + across.y };
  const right = { x: back.x - across.x, y: back.y - across.y };
  return `M${show(tip)}L${show(left)}L${show(right)}Z`;
}

/** The points of a line with their offsets, for an animation along the line at constant speed. */
export function toWaypoints(points: readonly Point[]): Waypoint[] {
  const lengths = points.slice(1).map((point, index) => distance(points[index] ?? point, point));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let behind = 0;
  return points.map(({ x, y }, index) => {
    behind += lengths[index - 1] ?? 0;
    // The last offset must be exactly 1, in spite of rounding: an animation rejects larger ones.
    const isLast = index === points.length - 1 && index > 0;
    return { x, y, offset: isLast ? 1 : total === 0 ? 0 : Math.min(1, behind / total) };
  });
}

/** Shortens the end by `length`, at most by the last segment. */
function shorten(points: readonly Point[], length: number): Point[] {
  const last = points.at(-1);
  const before = points.at(-2);
  if (last === undefined || before === undefined) return [...points];
  return [...points.slice(0, -1), towards(last, before, Math.min(length, distance(last, before)))];
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return { x: from.x + ((to.x - from.x) * length) / whole, y: from.y + ((to.y - from.y) * length) / whole };
}

function distance(from: Point, to: Point): number {
  return Math.hypot(to.x - from.x, to.y - from.y);
}

function show({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
