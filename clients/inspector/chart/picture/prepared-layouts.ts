/** The layouts that were made when the page was built. The page itself lays out nothing. */

import { layouts } from 'virtual:chart-layouts';
import type { Chart } from '../../../../src/inspect/chart/chart.ts';
import type { ChartLayout, LayoutOptions } from '../../../../src/inspect/chart/chart-layout.ts';

export type LayOut = (chart: Chart, options: LayoutOptions) => Promise<ChartLayout>;

/** Rejects for a chart that this page was not built with: the server and the page are of different versions. */
export const findLayout: LayOut = async (chart, { details = false }) => {
  const prepared = await layouts[`${chart.machine}/${details ? 'details' : 'states'}`]?.();
  if (prepared?.chart === JSON.stringify(chart)) return prepared.layout;
  throw new Error('the server runs another version than this page: reload the page');
};
