/** A chart as nested lines: every state and every transition. */

import type { Chart, ChartState, ChartTransition, StatePath } from '../../../src/inspect/chart/chart.ts';
import { describeTransition, joinText } from '../../../src/inspect/chart/transition-text.ts';

export interface StateLine {
  readonly state: ChartState;
  /** Levels below the root; 0 for the root. */
  readonly depth: number;
  readonly transitions: readonly TransitionLine[];
  readonly children: readonly StateLine[];
}

export interface TransitionLine {
  readonly id: string;
  /** `room.join [takesLastSeat] / admit`. */
  readonly text: string;
  /** The target states; empty: the state stays. */
  readonly targets: readonly StatePath[];
}

export function toStateTree({ root, transitions }: Chart): StateLine {
  const bySource = new Map<StatePath, ChartTransition[]>();
  for (const transition of transitions) {
    const found = bySource.get(transition.source);
    if (found === undefined) bySource.set(transition.source, [transition]);
    else found.push(transition);
  }

  function toLine(state: ChartState, depth: number): StateLine {
    return {
      state,
      depth,
      transitions: (bySource.get(state.path) ?? []).map(toTransitionLine),
      children: state.states.map((child) => toLine(child, depth + 1)),
    };
  }
  return toLine(root, 0);
}

function toTransitionLine(transition: ChartTransition): TransitionLine {
  const { id, targets } = transition;
  return { id, text: joinText(describeTransition(transition, true)), targets };
}

/** Whether a state is active: it or a state inside it is one of the active states. */
export function isActive(path: StatePath, active: readonly StatePath[]): boolean {
  return active.some((state) => path === '' || state === path || state.startsWith(`${path}.`));
}

/**
 * How many actors are in a state or in a state inside it.
 * @param counts by active states without active children
 */
export function countIn(
  { path, type, states }: ChartState,
  counts: Readonly<Record<StatePath, number>>,
): number {
  const inside = states.map((child) => countIn(child, counts));
  // All regions of a parallel state are active at the same time, so each of them counts the same actors.
  if (type === 'parallel') return Math.max(0, ...inside);
  return inside.reduce((sum, count) => sum + count, counts[path] ?? 0);
}
