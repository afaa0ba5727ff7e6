/** What scripts/chart-layouts.ts adds to the page when it is built. */

declare module 'virtual:chart-layouts' {
  import type { ChartLayout } from '../../../../src/inspect/chart/chart-layout.ts';

  interface PreparedLayout {
    /** The chart that it is of, as JSON. */
    readonly chart: string;
    readonly layout: ChartLayout;
  }

  /** By `MACHINE/states` and `MACHINE/details`; each is loaded when it is asked for. */
  export const layouts: Readonly<Record<string, () => Promise<PreparedLayout>>>;
}
