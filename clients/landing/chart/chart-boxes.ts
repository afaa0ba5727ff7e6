/** Draws a chart as boxes in boxes, without its transitions, and lights the active states. The same is shown as text. */

import { isInside, type Chart, type ChartState, type StatePath } from '../../../src/inspect/chart/chart.ts';
import { element, setAttribute } from '../../shared/dom.ts';
import { lastingStates } from './passing-states.ts';

export interface ChartBoxes {
  readonly root: HTMLElement;
  /** @param leaves the active states that have no active children */
  light(leaves: readonly StatePath[]): void;
}

export function createChartBoxes(chart: Chart): ChartBoxes {
  const boxes = new Map<StatePath, HTMLElement>();
  const root = element('ol', { class: 'chart-boxes', 'aria-hidden': 'true', 'data-testid': 'live-chart' });
  root.append(...lastingStates(chart, chart.root).map(drawState));

  return {
    root,
    light(leaves) {
      for (const [path, box] of boxes) {
        const isActive = leaves.includes(path) || leaves.some((leaf) => isInside(leaf, path));
        setAttribute(box, 'data-active', isActive);
      }
    },
  };

  function drawState(state: ChartState): HTMLElement {
    const children = lastingStates(chart, state);
    const isLeaf = children.length === 0;
    const box = element(
      'li',
      { 'data-state': state.path, 'data-leaf': isLeaf },
      element('span', {}, state.key),
    );
    if (!isLeaf) box.append(element('ol', { 'data-type': state.type }, ...children.map(drawState)));
    boxes.set(state.path, box);
    return box;
  }
}
