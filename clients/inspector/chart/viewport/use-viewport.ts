/** Which part of a picture is shown: all of it, until the reader has moved or zoomed it. */

import { useLayoutEffect, useRef, useState } from 'react';
import type { Box, Point } from '../../../../src/inspect/chart/chart-layout.ts';
import {
  firstViewport,
  fitViewport,
  revealViewport,
  type Size,
  type Viewport,
  zoomAround,
} from './viewport.ts';

export interface ViewportMoves {
  readonly viewport: Viewport;
  /** The last move was a jump, which is shown as a short motion. */
  readonly isJump: boolean;
  fit(): void;
  /** Zooms by a step around the middle of the screen. */
  zoom(direction: 'in' | 'out'): void;
  /** Zooms around a point of the screen. */
  zoomAt(point: Point, factor: number): void;
  /** Moves the picture, by CSS pixels of the screen. */
  pan(by: Point): void;
  /** Brings a point of the picture to the middle of the screen. */
  centre(point: Point): void;
  /** Brings a box of the picture into view. */
  reveal(box: Box): void;
}

/** What is shown: the first view, all of the picture, or a place that the user chose, which stays as it is. */
type Place = 'first' | 'all' | 'chosen';

const ZOOM_STEP = 1.2;

/**
 * @param picture the same object as long as the picture is the same
 * @param screen the same object as long as the size is the same
 * @param findFocus what should be seen at first, if not all of the picture can be
 */
export function useViewport(picture: Size, screen: Size, findFocus: () => readonly Box[]): ViewportMoves {
  const place = useRef<Place>('first');
  const [{ viewport, isJump }, setShown] = useState(() => ({ viewport: first(), isJump: false }));

  useLayoutEffect(() => {
    if (place.current === 'first') setShown({ viewport: first(), isJump: false });
    if (place.current === 'all') setShown({ viewport: fitViewport(picture, screen), isJump: false });
    // Only for another picture or another screen: nothing jumps when something else changes.
  }, [picture, screen]);

  return {
    viewport,
    isJump,
    fit: () => move('all', true, () => fitViewport(picture, screen)),
    zoom: (direction) => {
      const factor = direction === 'in' ? ZOOM_STEP : 1 / ZOOM_STEP;
      const middle = { x: screen.width / 2, y: screen.height / 2 };
      move('chosen', true, (before) => zoomAround(before, middle, factor));
    },
    zoomAt: (point, factor) => move('chosen', false, (before) => zoomAround(before, point, factor)),
    pan: (by) => move('chosen', false, ({ x, y, zoom }) => ({ x: x + by.x, y: y + by.y, zoom })),
    centre: ({ x, y }) =>
      move('chosen', false, ({ zoom }) => ({
        x: screen.width / 2 - x * zoom,
        y: screen.height / 2 - y * zoom,
        zoom,
      })),
    reveal: (box) => {
      const { x, y } = revealViewport(viewport, screen, box);
      if (x !== viewport.x || y !== viewport.y) move('chosen', true, ({ zoom }) => ({ x, y, zoom }));
    },
  };

  function first(): Viewport {
    return firstViewport(picture, screen, findFocus());
  }

  /** Several moves may come before the next drawing: each starts from the one before. */
  function move(to: Place, isJump: boolean, next: (before: Viewport) => Viewport): void {
    place.current = to;
    setShown((shown) => ({ viewport: next(shown.viewport), isJump }));
  }
}
