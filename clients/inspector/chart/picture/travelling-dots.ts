/**
 * Dots that travel along lines. They stand in a layer above everything else: what moves among the parts of the
 * picture would have the browser paint these parts again in every frame.
 */

import type { Point } from '../../../../src/inspect/chart/chart-layout.ts';
import { toWaypoints } from './edge-path.ts';
import { PLAY_MS } from './taken-player.ts';

/** More at once tell nothing, and cost frames. */
const MAX_DOTS = 12;

export interface TravellingDots {
  /** The element to travel in, whose coordinates are the picture's. */
  readonly attach: (layer: HTMLElement | null) => void;
  /** Sends a dot along a line, unless many are on their way or whoever looks wants nothing to move. */
  send(points: readonly Point[]): void;
}

export function createTravellingDots(): TravellingDots {
  let layer: HTMLElement | null = null;
  return {
    attach: (element) => {
      layer = element;
    },
    send: (points) => {
      if (layer === null || layer.childElementCount >= MAX_DOTS || isMotionReduced()) return;
      const dot = document.createElement('span');
      dot.className = 'chart-dot';
      layer.append(dot);
      const keyframes = toWaypoints(points).map(({ x, y, offset }) => ({
        transform: `translate(${x}px, ${y}px)`,
        offset,
      }));
      const travel = dot.animate(keyframes, { duration: PLAY_MS, easing: 'ease-in-out' });
      travel.addEventListener('finish', () => dot.remove());
    },
  };
}

function isMotionReduced(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
