/** A statechart in one line: its states, the present one lit. An ornament: what it shows is always told in words too. */

import { element } from './dom.ts';

export interface ChartStrip<State extends string> {
  readonly root: HTMLElement;
  /** Lights a state; `undefined` lights none. */
  show(state: State | undefined): void;
}

export function createChartStrip<State extends string>(states: readonly State[]): ChartStrip<State> {
  const items = states.map((state) => element('li', {}, state));
  const root = element('ol', { class: 'chart-strip', 'aria-hidden': 'true' }, ...items);
  return {
    root,
    show(state) {
      items.forEach((item, index) => item.classList.toggle('lit', states[index] === state));
    },
  };
}
