/** The layouts that were made when the page was built. It lays out nothing. */

import { layouts } from 'virtual:chart-layouts';
import type { LayOut } from './chart-layouts.ts';

/** Rejects for a chart that this page was not built with: the server runs another version than the page is of. */
export const findLayout: LayOut = async (chart, { details = false }) => {
  const prepared = await layouts[`${chart.machine}/${details ? 'details' : 'states'}`]?.();
  if (prepared?.chart === JSON.stringify(chart)) return prepared.layout;
  throw new Error('the server runs another version than this page is of: load the page again');
};
