/**
 * Lays the charts of all machines out while the pages are built: the machines are known by then, and laying one out
 * takes a browser longer than drawing it. The page imports the layouts as `virtual:chart-layouts`.
 */

import elkjs from 'elkjs';
import type { Plugin } from 'vite';
import { MACHINES } from '../src/actors/machines.ts';
import { describeChart } from '../src/inspect/chart/describe-chart.ts';
import { layoutChart } from '../src/inspect/chart/layout/layout-chart.ts';

const LIST = 'virtual:chart-layouts';
/** One layout: `virtual:chart-layout/room/details`, or `…/room/states`. */
const ONE = 'virtual:chart-layout/';
/** Marks modules that are no files, as Rollup's conventions want it. */
const MARK = '\0';

const VARIANTS = ['states', 'details'] as const;

export function chartLayouts(): Plugin {
  return {
    name: 'chart-layouts',
    resolveId: (id) => (id === LIST || id.startsWith(ONE) ? MARK + id : undefined),
    load(id) {
      if (id === MARK + LIST) return writeList();
      return id.startsWith(MARK + ONE) ? writeOne(id.slice((MARK + ONE).length)) : undefined;
    },
  };
}

function writeList(): string {
  const names = Object.keys(MACHINES).flatMap((machine) =>
    VARIANTS.map((variant) => `${machine}/${variant}`),
  );
  const lines = names.map((name) => `  '${name}': () => import('${ONE}${name}'),`);
  return `export const layouts = {\n${lines.join('\n')}\n};\n`;
}

async function writeOne(name: string): Promise<string> {
  const [machine = '', variant] = name.split('/');
  const chart = describeChart(MACHINES[machine as keyof typeof MACHINES]);
  const layout = await layoutChart(chart, new elkjs.default(), { details: variant === 'details' });
  return `export const chart = ${JSON.stringify(JSON.stringify(chart))};\nexport const layout = ${JSON.stringify(layout)};\n`;
}
