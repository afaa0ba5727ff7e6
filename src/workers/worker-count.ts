/** How many processes serve. */

import { availableParallelism } from 'node:os';

/** @param workers A number, or `auto`: one for each core. */
export function countWorkers({ workers }: { readonly workers: number | 'auto' }): number {
  return workers === 'auto' ? availableParallelism() : workers;
}
