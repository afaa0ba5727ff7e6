/** Paths of states. */

import type { StatePath } from './chart.ts';

/** Whether a path is that of a state inside another, at any depth. */
export function isInside(path: StatePath, outer: StatePath): boolean {
  return path !== outer && (outer === '' || path.startsWith(`${outer}.`));
}
