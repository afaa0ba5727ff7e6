/** Makes the dashboard for Grafana of its rows. */

import type { Chart } from '../../src/inspect/chart/chart.ts';
import type { PanelPlan } from './plans.ts';
import { planChart, ROWS } from './rows.ts';

/** The grid of Grafana. */
const COLUMNS = 24;
const PANEL_HEIGHT = 8;
const PANELS_IN_A_ROW = 3;

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** @param charts Those that a server runs. */
export function makeDashboard(charts: readonly Chart[]): object {
  let id = 0;
  let top = 0;
  const panels: object[] = [];
  for (const { title, isCollapsed, panels: planned } of [...ROWS, ...charts.map(planChart)]) {
    id += 1;
    const row = {
      id,
      type: 'row',
      title,
      collapsed: isCollapsed,
      gridPos: { x: 0, y: top, w: COLUMNS, h: 1 },
    };
    top += 1;
    const inside = planned.map((plan, index) => {
      id += 1;
      return toPanel(plan, id, index, top);
    });
    // Grafana has the panels of a collapsed row inside it.
    panels.push(...(isCollapsed ? [{ ...row, panels: inside }] : [{ ...row, panels: [] }, ...inside]));
    if (!isCollapsed) top += Math.ceil(planned.length / PANELS_IN_A_ROW) * PANEL_HEIGHT;
  }
  return {
    title: 'Statecast',
    uid: 'statecast',
    description: 'Made of the charts: npx tsx scripts/monitoring-dashboard.ts',
    tags: ['statecast'],
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        {
          name: 'instance',
          type: 'query',
          datasource: DATASOURCE,
          query: { query: 'label_values(statecast_up, instance)', refId: 'instances' },
          refresh: 2,
          includeAll: true,
          multi: true,
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    panels,
  };
}

function toPanel(plan: PanelPlan, id: number, index: number, top: number): object {
  const width = COLUMNS / PANELS_IN_A_ROW;
  return {
    id,
    type: 'timeseries',
    title: plan.title,
    ...(plan.description !== undefined && { description: plan.description }),
    datasource: DATASOURCE,
    gridPos: {
      x: (index % PANELS_IN_A_ROW) * width,
      y: top + Math.floor(index / PANELS_IN_A_ROW) * PANEL_HEIGHT,
      w: width,
      h: PANEL_HEIGHT,
    },
    fieldConfig: {
      defaults: {
        unit: plan.unit ?? 'short',
        min: 0,
        custom: { stacking: { mode: plan.stacks === true ? 'normal' : 'none' } },
      },
      overrides: [],
    },
    options: { legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] } },
    targets: plan.queries.map(({ expr, legend }, place) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + place),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
    })),
  };
}
