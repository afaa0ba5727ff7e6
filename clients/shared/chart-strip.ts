/** A statechart in one line, with the current state filled. The same is always shown as text too. */

import { element } from './dom.ts';

export interface ChartStrip<State extends string> {
  readonly root: HTMLElement;
  /** Fills a state; `undefined` fills none. */
  show(state: State | undefined): void;
}

export function createChartStrip<State extends string>(states: readonly State[]): ChartStrip<State> {
  const items = states.map((state) => element('li', { 'data-state': state }, state));
  const root = element('ol', { class: 'chart-strip', 'aria-hidden': 'true' }, ...items);
  return {
    root,
    show(state) {
      items.forEach((item, index) => item.classList.toggle('lit', states[index] === state));
    },
  };
}
