/** Which part of a picture is in view, and at which zoom: plain numbers. */

import type { Box, Point } from '../../../../src/inspect/chart/chart-layout.ts';
import { TEXT_SIZE } from '../../../../src/inspect/chart/text-metrics.ts';

/** The offset of the picture in CSS pixels of the screen, and its zoom. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MIN_ZOOM = 0.05;
const MAX_ZOOM = 3;

/** Small charts are enlarged only a little. */
const MAX_FIT_ZOOM = 1.2;
/** The smallest text that can be read, in CSS pixels. */
const MIN_TEXT_SIZE = 9;
/** Below it the texts of a chart cannot be read: only the names of states are drawn, and larger than in the layout. */
const READING_ZOOM = MIN_TEXT_SIZE / TEXT_SIZE;
/** The space around a box that was brought into view, in CSS pixels. */
const REVEAL_MARGIN = 24;

/** The size of the buttons in the lower left corner, in CSS pixels. */
const BUTTONS: Size = { width: 140, height: 52 };

const START: Box = { x: 0, y: 0, width: 0, height: 0 };

/** The longer side of the overview map, in CSS pixels. */
const MAP_LENGTH = 150;
/** The map's border and margin, in CSS pixels. */
const MAP_FRAME = 26;
/** On smaller screens the map would cover too much of the picture. */
const MIN_MAP_SCREEN: Size = { width: 640, height: 400 };

/** All of the picture, in the middle, and not covered by the buttons. */
export function fitViewport(picture: Size, screen: Size): Viewport {
  const fit = fitInto(picture, screen);
  const isBelowButtons =
    fit.x < BUTTONS.width && fit.y + picture.height * fit.zoom > screen.height - BUTTONS.height;
  return isBelowButtons ? fitInto(picture, { ...screen, height: screen.height - BUTTONS.height }) : fit;
}

function fitInto(picture: Size, screen: Size): Viewport {
  const zoom = clamp(
    Math.min(screen.width / picture.width, screen.height / picture.height),
    MIN_ZOOM,
    MAX_FIT_ZOOM,
  );
  return {
    x: (screen.width - picture.width * zoom) / 2,
    y: (screen.height - picture.height * zoom) / 2,
    zoom,
  };
}

/** Zooms by a factor, within bounds; what lies at a point of the screen stays there. */
export function zoomAround({ x, y, zoom }: Viewport, point: Point, factor: number): Viewport {
  const next = clamp(zoom * factor, MIN_ZOOM, MAX_ZOOM);
  const scale = next / zoom;
  return { x: point.x - (point.x - x) * scale, y: point.y - (point.y - y) * scale, zoom: next };
}

/** The zoom of the overview map; undefined where there is no room for a map. */
export function mapScale(picture: Size, screen: Size): number | undefined {
  if (screen.width < MIN_MAP_SCREEN.width || screen.height < MIN_MAP_SCREEN.height) return undefined;
  return MAP_LENGTH / Math.max(picture.width, picture.height);
}

/** Whether the zoom is so small that names should be as large as their boxes allow. */
export function isFar({ zoom }: Viewport): boolean {
  return zoom < READING_ZOOM;
}

/**
 * What is shown of a picture at first: all of it or, where that would be too small to read, a part of it.
 * @param focus the boxes that this part should show, or as many of the first of them as possible, and not covered by
 * the overview map; without any, the start of the picture
 */
export function firstViewport(picture: Size, screen: Size, focus: readonly Box[]): Viewport {
  const fit = fitViewport(picture, screen);
  if (fit.zoom >= READING_ZOOM) return fit;
  const viewport = focusViewport(picture, screen, focus);
  const scale = mapScale(picture, screen);
  if (scale === undefined) return viewport;
  const map: Size = { width: picture.width * scale + MAP_FRAME, height: picture.height * scale + MAP_FRAME };
  const beside = focusViewport(picture, { ...screen, width: screen.width - map.width }, focus);
  const below = focusViewport(picture, { ...screen, height: screen.height - map.height }, focus);
  const seenIn = (each: Viewport): number => focus.filter((box) => isSeen(each, screen, map, box)).length;
  return [viewport, beside, { ...below, y: below.y + map.height }].reduce((best, each) =>
    seenIn(each) > seenIn(best) ? each : best,
  );
}

/** Whether all of a box is in view, and not covered by the map, which is in the upper right corner. */
function isSeen({ x, y, zoom }: Viewport, screen: Size, map: Size, box: Box): boolean {
  const [left, top] = [x + box.x * zoom, y + box.y * zoom];
  const [right, bottom] = [left + box.width * zoom, top + box.height * zoom];
  const isInView = left >= 0 && top >= 0 && right <= screen.width && bottom <= screen.height;
  return isInView && (right <= screen.width - map.width || top >= map.height);
}

function focusViewport(picture: Size, screen: Size, focus: readonly Box[]): Viewport {
  const groups = focus.map((_, index) => boxAround(focus.slice(0, focus.length - index)));
  const box = groups.find((group) => zoomFor(group, screen) >= READING_ZOOM) ?? groups.at(-1) ?? START;
  const zoom = clamp(zoomFor(box, screen), READING_ZOOM, 1);
  return {
    x: centre(picture.width * zoom, screen.width, (box.x + box.width / 2) * zoom),
    y: centre(picture.height * zoom, screen.height, (box.y + box.height / 2) * zoom),
    zoom,
  };
}

/** Moves the picture as little as needed to show a box; of a box that is too large, its start is shown. */
export function revealViewport(viewport: Viewport, screen: Size, box: Box): Viewport {
  const { x, y, zoom } = viewport;
  return {
    x: reveal(x, box.x * zoom, box.width * zoom, screen.width),
    y: reveal(y, box.y * zoom, box.height * zoom, screen.height),
    zoom,
  };
}

/** @param boxes at least one */
function boxAround(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

/** The largest zoom at which all of a box is in view. */
function zoomFor({ width, height }: Size, screen: Size): number {
  return Math.min((screen.width - 2 * REVEAL_MARGIN) / width, (screen.height - 2 * REVEAL_MARGIN) / height);
}

/** Brings `middle` to the middle of the screen, but leaves no empty space that the picture could fill. */
function centre(picture: number, screen: number, middle: number): number {
  if (picture <= screen) return (screen - picture) / 2;
  return clamp(screen / 2 - middle, screen - picture, 0);
}

function reveal(offset: number, start: number, length: number, screen: number): number {
  const first = offset + start;
  const last = first + length;
  if (first >= 0 && last <= screen) return offset;
  if (first < 0 || length > screen - 2 * REVEAL_MARGIN) return REVEAL_MARGIN - start;
  return screen - REVEAL_MARGIN - start - length;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
