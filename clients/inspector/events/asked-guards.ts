/** Which guards were asked for an event, and what they said: the chart tells it of the transitions that were taken. */

import type { Chart } from '../../../src/inspect/chart/chart.ts';

export interface AskedGuard {
  readonly name: string;
  readonly holds: boolean;
}

/**
 * The transitions of a state are tried in their order until one may be taken: the guards before it do not hold.
 * @param taken the ids of the transitions that were taken
 */
export function findAskedGuards(chart: Chart, taken: readonly string[]): AskedGuard[] {
  return taken.flatMap((id) => {
    const [source, descriptor = '', index = '0'] = id.split('|');
    const last = Number(index);
    return chart.transitions.flatMap((transition) => {
      const [from, what, place] = transition.id.split('|');
      if (from !== source || what !== descriptor || Number(place) > last) return [];
      if (transition.guard === undefined) return [];
      return [{ name: transition.guard, holds: Number(place) === last }];
    });
  });
}
