/**
 * What changes in a picture while its geometry stays: the active states, the selected state, and the state that the
 * tab key reaches. Each box reads its own part, so a change redraws only the boxes that it concerns.
 */

import type { StatePath } from '../../../../src/inspect/chart/chart.ts';

/** `leaf`: active, and none of its children is. `ancestor`: active with a child of it. */
export type Activity = 'leaf' | 'ancestor' | 'none';

export interface LitStates {
  /** @param leaves the active states that have no active children */
  light(leaves: readonly StatePath[]): void;
  /** The selected state is also the one that the tab key reaches. */
  select(path: StatePath | undefined): void;
  /** The tab key returns to the state that had the focus last. */
  stopAt(path: StatePath): void;
  activityOf(path: StatePath): Activity;
  isSelected(path: StatePath): boolean;
  isTabStop(path: StatePath): boolean;
  /** @returns unsubscribes */
  readonly subscribe: (listener: () => void) => () => void;
}

const ROOT: StatePath = '';

export function createLitStates(): LitStates {
  const listeners = new Set<() => void>();
  let lit: readonly StatePath[] = [];
  let leaves: ReadonlySet<StatePath> = new Set();
  let ancestors: ReadonlySet<StatePath> = new Set();
  let selected: StatePath | undefined;
  let tabStop: StatePath = ROOT;

  return {
    light: (next) => {
      if (next.length === lit.length && next.every((path, index) => path === lit[index])) return;
      lit = next;
      leaves = new Set(next);
      ancestors = new Set(next.flatMap(ancestorsOf));
      tell();
    },
    select: (path) => {
      if (path === selected) return;
      selected = path;
      tabStop = path ?? tabStop;
      tell();
    },
    stopAt: (path) => {
      if (path === tabStop) return;
      tabStop = path;
      tell();
    },
    activityOf: (path) => (leaves.has(path) ? 'leaf' : ancestors.has(path) ? 'ancestor' : 'none'),
    isSelected: (path) => path === selected,
    isTabStop: (path) => path === tabStop,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function tell(): void {
    for (const listener of listeners) listener();
  }
}

function ancestorsOf(path: StatePath): StatePath[] {
  if (path === ROOT) return [];
  const keys = path.split('.');
  return keys.map((_, count) => keys.slice(0, count).join('.'));
}
