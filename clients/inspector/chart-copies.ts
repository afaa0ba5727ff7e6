/** A chart in the forms that other programs read. What makes them is loaded when somebody asks for it. */

import type { Chart, StatePath } from '../../src/inspect/chart/chart.ts';

export const CHART_FORMS = ['SVG', 'Mermaid', 'XState JSON'] as const;

export type ChartForm = (typeof CHART_FORMS)[number];

export interface ChartCopyOptions {
  /** The states that are lit in a picture. */
  readonly active: readonly StatePath[];
  /** A picture shows the actions too. */
  readonly details: boolean;
}

export async function writeChart(chart: Chart, form: ChartForm, options: ChartCopyOptions): Promise<string> {
  switch (form) {
    case 'SVG': {
      const [{ toSvg }, { findLayout }] = await Promise.all([
        import('../../src/inspect/chart/to-svg.ts'),
        import('./chart/prepared-layouts.ts'),
      ]);
      const layout = await findLayout(chart, { details: options.details });
      return toSvg(chart, layout, { active: options.active });
    }
    case 'Mermaid': {
      const { toMermaid } = await import('../../src/inspect/chart/to-mermaid.ts');
      return toMermaid(chart);
    }
    case 'XState JSON': {
      const { toXStateJson } = await import('../../src/inspect/chart/to-xstate-json.ts');
      return `${JSON.stringify(toXStateJson(chart), undefined, 2)}\n`;
    }
  }
}
