/** A chart in the formats of other programs. The code for a format is loaded when it is needed. */

import type { Chart, StatePath } from '../../../src/inspect/chart/chart.ts';
import type { LayOut } from './picture/prepared-layouts.ts';

export const CHART_FORMS = ['SVG', 'Mermaid', 'XState JSON'] as const;

export type ChartForm = (typeof CHART_FORMS)[number];

export interface ChartCopyOptions {
  /** The states that are marked as active in a picture. */
  readonly active: readonly StatePath[];
  /** A picture includes the actions. */
  readonly details: boolean;
  /** Default: the layouts that the page was built with. */
  readonly layOut?: LayOut;
}

const layOutAsBuilt: LayOut = async (chart, options) => {
  const { findLayout } = await import('./picture/prepared-layouts.ts');
  return findLayout(chart, options);
};

/** @throws {Error} for a picture of a chart that the page was not built with, for example of another version */
export async function writeChart(chart: Chart, form: ChartForm, options: ChartCopyOptions): Promise<string> {
  switch (form) {
    case 'SVG': {
      const { active, details, layOut = layOutAsBuilt } = options;
      const { toSvg } = await import('../../../src/inspect/chart/formats/to-svg.ts');
      return toSvg(chart, await layOut(chart, { details }), { active });
    }
    case 'Mermaid': {
      const { toMermaid } = await import('../../../src/inspect/chart/formats/to-mermaid.ts');
      return toMermaid(chart);
    }
    case 'XState JSON': {
      const { toXStateJson } = await import('../../../src/inspect/chart/formats/to-xstate-json.ts');
      return `${JSON.stringify(toXStateJson(chart), undefined, 2)}\n`;
    }
  }
}
