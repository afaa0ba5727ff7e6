/** The layouts made so far. A chart that was seen before is there at once, whichever actor runs it. */

import type { Chart } from '../../../../src/inspect/chart/chart.ts';
import type { ChartLayout, LayoutOptions } from '../../../../src/inspect/chart/chart-layout.ts';

export type LayOut = (chart: Chart, options: LayoutOptions) => Promise<ChartLayout>;

export type LayoutState =
  | { readonly type: 'pending' }
  | { readonly type: 'ready'; readonly layout: ChartLayout }
  | { readonly type: 'failed'; readonly reason: string };

export interface ChartLayouts {
  /** What there is; asks for nothing. The same object as long as nothing has changed. */
  peek(chart: Chart, details: boolean): LayoutState;
  /** Has a chart laid out unless it is already, and tells whenever a layout is there. @returns stops telling */
  request(chart: Chart, details: boolean, listener: () => void): () => void;
}

const PENDING: LayoutState = { type: 'pending' };

export function createChartLayouts(layOut: LayOut): ChartLayouts {
  const states = new Map<string, LayoutState>();
  const listeners = new Set<() => void>();
  const keys = new WeakMap<Chart, string>();

  return {
    peek: (chart, details) => states.get(keyOf(chart, details)) ?? PENDING,
    request: (chart, details, listener) => {
      listeners.add(listener);
      const key = keyOf(chart, details);
      if (!states.has(key)) make(key, chart, details);
      return () => listeners.delete(listener);
    },
  };

  function make(key: string, chart: Chart, details: boolean): void {
    states.set(key, PENDING);
    layOut(chart, { details }).then(
      (layout) => set(key, { type: 'ready', layout }),
      (error: unknown) => set(key, { type: 'failed', reason: String(error) }),
    );
  }

  function set(key: string, state: LayoutState): void {
    states.set(key, state);
    for (const listener of listeners) listener();
  }

  /** Two servers of the same build send equal charts as different objects. */
  function keyOf(chart: Chart, details: boolean): string {
    const known = keys.get(chart) ?? JSON.stringify(chart);
    keys.set(chart, known);
    return `${details ? 'details' : 'states'} ${known}`;
  }
}
