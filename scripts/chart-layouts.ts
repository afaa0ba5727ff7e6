/**
 * Lays the charts of all machines out while the pages are built: the machines are known by then, and the layout engine
 * is large. The page imports the layouts as `virtual:chart-layouts`; `statecast charts` reads them from a file.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import elkjs from 'elkjs';
import type { Plugin } from 'vite';
import { ALL_CHARTS as charts } from '../src/cli/all-charts.ts';
import type { PreparedLayouts } from '../src/cli/charts.ts';
import type { ChartLayout } from '../src/inspect/chart/chart-layout.ts';
import type { Chart } from '../src/inspect/chart/chart.ts';
import { layoutChart } from './layout/layout-chart.ts';

const LIST = 'virtual:chart-layouts';
/** One layout: `virtual:chart-layout/room/details`, or `…/room/states`. */
const ONE = 'virtual:chart-layout/';
/** Rollup's convention for modules that are not files. */
const MARK = '\0';
/** For `statecast charts`; beside the directory of the pages, so that it is not served. */
const FILE = '../chart-layouts.json';

const VARIANTS = ['states', 'details'] as const;
type Variant = (typeof VARIANTS)[number];

/** By `MACHINE/VARIANT`, each made once. */
const layouts = new Map<string, Promise<ChartLayout>>();

export function chartLayouts(): Plugin {
  return {
    name: 'chart-layouts',
    resolveId: (id) => (id === LIST || id.startsWith(ONE) ? MARK + id : undefined),
    load(id) {
      if (id === MARK + LIST) return writeList();
      return id.startsWith(MARK + ONE) ? writeOne(id.slice((MARK + ONE).length)) : undefined;
    },
    async writeBundle({ dir = '.' }) {
      const prepared: PreparedLayouts = Object.fromEntries(
        await Promise.all(
          charts.map(
            async (chart) => [chart.machine, { chart, layout: await layOut(chart, 'states') }] as const,
          ),
        ),
      );
      await writeFile(join(dir, FILE), `${JSON.stringify(prepared)}\n`);
    },
  };
}

function writeList(): string {
  const names = charts.flatMap(({ machine }) => VARIANTS.map((variant) => `${machine}/${variant}`));
  const lines = names.map((name) => `  '${name}': () => import('${ONE}${name}'),`);
  return `export const layouts = {\n${lines.join('\n')}\n};\n`;
}

async function writeOne(name: string): Promise<string> {
  const [machine, variant] = name.split('/');
  const chart = charts.find((candidate) => candidate.machine === machine);
  if (chart === undefined) throw new Error(`there is no machine ${machine}`);
  const layout = await layOut(chart, variant as Variant);
  return `export const chart = ${JSON.stringify(JSON.stringify(chart))};\nexport const layout = ${JSON.stringify(layout)};\n`;
}

function layOut(chart: Chart, variant: Variant): Promise<ChartLayout> {
  const name = `${chart.machine}/${variant}`;
  const layout =
    layouts.get(name) ?? layoutChart(chart, new elkjs.default(), { details: variant === 'details' });
  layouts.set(name, layout);
  return layout;
}
