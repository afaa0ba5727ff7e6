/** Moves and zooms a picture, and keeps all of it in view until whoever looks has found a place of their own. */

import { type OnMove, useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import type { Box, Point } from '../../../../src/inspect/chart/chart-layout.ts';
import { isMotionReduced } from './motion.ts';
import { firstViewport, fitViewport, revealViewport, type Size, type Viewport } from './viewport.ts';

export interface ViewportMoves {
  /** Where the picture is when it is drawn for the first time. */
  readonly initial: Viewport;
  readonly fit: () => void;
  readonly zoom: (direction: 'in' | 'out') => void;
  /** Moves the picture, by CSS pixels of the screen. */
  pan(x: number, y: number): void;
  /** Brings a point of the picture to the middle of the screen. */
  readonly centre: (point: Point) => void;
  /** Brings a box of the picture into view. */
  reveal(box: Box): void;
  /** Has to be told of each start of a move. */
  readonly noteMove: OnMove;
}

/** What is looked at: what was shown first, all of it, or a place that was chosen, which is left as it is. */
type Place = 'first' | 'all' | 'chosen';

/** How long a jump of the picture takes, in milliseconds. */
const MOVE_MS = 200;

/**
 * Stands within a React Flow.
 * @param picture the same object as long as the picture is the same
 * @param screen the same object as long as the size is the same
 * @param findFocus what had better be seen at first, if not all of the picture can be
 */
export function useViewport(picture: Size, screen: Size, findFocus: () => readonly Box[]): ViewportMoves {
  const flow = useReactFlow();
  const place = useRef<Place>('first');
  const initial = useMemo(first, []);

  useEffect(() => {
    if (place.current === 'first') void flow.setViewport(first());
    if (place.current === 'all') void flow.setViewport(fitViewport(picture, screen));
    // Only for another picture or another screen: whatever else changes, nothing jumps.
  }, [picture, screen]);

  return {
    initial,
    fit: () => {
      place.current = 'all';
      jump(fitViewport(picture, screen));
    },
    zoom: (direction) => {
      place.current = 'chosen';
      const options = { duration: jumpMs() };
      void (direction === 'in' ? flow.zoomIn(options) : flow.zoomOut(options));
    },
    pan: (byX, byY) => {
      place.current = 'chosen';
      const { x, y, zoom } = flow.getViewport();
      void flow.setViewport({ x: x + byX, y: y + byY, zoom });
    },
    centre: ({ x, y }) => {
      place.current = 'chosen';
      const { zoom } = flow.getViewport();
      void flow.setViewport({ x: screen.width / 2 - x * zoom, y: screen.height / 2 - y * zoom, zoom });
    },
    reveal: (box) => {
      const viewport = flow.getViewport();
      const revealed = revealViewport(viewport, screen, box);
      if (revealed.x === viewport.x && revealed.y === viewport.y) return;
      place.current = 'chosen';
      jump(revealed);
    },
    // Moves that were not made by hand, such as the ones above, have no event.
    noteMove: (event) => {
      if (event !== null) place.current = 'chosen';
    },
  };

  function first(): Viewport {
    return firstViewport(picture, screen, findFocus());
  }

  function jump(viewport: Viewport): void {
    void flow.setViewport(viewport, { duration: jumpMs() });
  }
}

function jumpMs(): number {
  return isMotionReduced() ? 0 : MOVE_MS;
}
