/** The line of a count over the last minutes. The count itself is always shown as text beside it. */

import type { ReactNode } from 'react';
import { HISTORY_MS, type Sample } from './count-history.ts';

const WIDTH = 72;
const HEIGHT = 16;
/** Samples further apart than this are not connected: nothing was measured between them. */
const GAP_MS = 5_000;
/** A shorter line looks like a dot and is left out; in the unit of the width. */
const MIN_LENGTH = 3;

export function Sparkline({ samples }: { readonly samples: readonly Sample[] }): ReactNode {
  return (
    <svg className="sparkline" viewBox={`-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`} aria-hidden="true">
      <path d={toSparklinePath(samples, WIDTH, HEIGHT)} />
    </svg>
  );
}

/**
 * The line as the `d` of an SVG path. Counts are whole numbers, so it is drawn in steps. The newest sample is at the
 * right edge, zero at the bottom.
 */
export function toSparklinePath(samples: readonly Sample[], width: number, height: number): string {
  const newest = samples.at(-1);
  const oldest = samples[0];
  if (newest === undefined || oldest === undefined) return '';
  if ((width * (newest.at - oldest.at)) / HISTORY_MS < MIN_LENGTH) return '';
  const highest = Math.max(1, ...samples.map(({ value }) => value));
  let path = '';
  let before: Sample | undefined;
  for (const sample of samples) {
    const x = round(width * (1 - (newest.at - sample.at) / HISTORY_MS));
    const y = round(height * (1 - sample.value / highest));
    if (before === undefined || sample.at - before.at > GAP_MS) path += `M${x} ${y}`;
    else if (sample.value !== before.value || sample === newest) path += `H${x}V${y}`;
    before = sample;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
