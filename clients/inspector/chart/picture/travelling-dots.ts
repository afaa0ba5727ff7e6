/**
 * Dots that move along lines. They are in a layer of their own above everything else: otherwise the browser would
 * paint the other parts of the picture again in every frame.
 */

import type { Point } from '../../../../src/inspect/chart/chart-layout.ts';
import { toWaypoints } from './edge-path.ts';
import { PLAY_MS } from './taken-player.ts';

/** More dots at a time are of no use, and slow the page down. */
const MAX_DOTS = 12;

export interface TravellingDots {
  /** The layer for the dots; it has the coordinates of the picture. */
  readonly attach: (layer: HTMLElement | null) => void;
  /** Sends a dot along a line, unless many are moving or the user prefers reduced motion. */
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
