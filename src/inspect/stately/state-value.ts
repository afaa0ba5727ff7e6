/** The states of an actor as XState writes them: `{ open: { flow: 'clear', work: 'busy' } }`. */

import type { Chart, ChartState, StatePath } from '../chart/chart.ts';
import { isInside } from '../chart/state-path.ts';
import type { FeedJson } from '../feed/feed-protocol.ts';

/** @param leaves the active states that have no active children */
export function toStateValue({ root }: Chart, leaves: readonly StatePath[]): FeedJson {
  const isActive = ({ path }: ChartState): boolean =>
    leaves.some((leaf) => leaf === path || isInside(leaf, path));

  function toValue({ type, states }: ChartState): FeedJson {
    if (type === 'parallel') return Object.fromEntries(states.map((region) => [region.key, toValue(region)]));
    const active = states.find(isActive);
    if (active === undefined) return {};
    return active.states.length === 0 ? active.key : { [active.key]: toValue(active) };
  }

  return toValue(root);
}
