/** The command `statecast charts`: writes the charts of all machines to files, or prints their page. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChartLayout } from '../inspect/chart/chart-layout.ts';
import type { Chart } from '../inspect/chart/chart.ts';
import { renderChartsPage } from '../inspect/chart/formats/charts-page.ts';
import { toMermaid } from '../inspect/chart/formats/to-mermaid.ts';
import { toSvg } from '../inspect/chart/formats/to-svg.ts';
import { ALL_CHARTS } from './all-charts.ts';
import { toXStateJson } from '../inspect/chart/formats/to-xstate-json.ts';

/** The flags of the command. */
export interface ChartsFlags {
  /** The directory to write to; it is made when it is missing. */
  readonly out?: string;
  /** Some of svg, mermaid and json, with commas between them. Default: all. */
  readonly format?: string;
  /** Print docs/statecharts.md instead. Default false. */
  readonly docs?: boolean;
}

export interface ChartsResult {
  readonly exitCode: 0 | 1;
  /** The page, or the written files, one a line. */
  readonly stdout: string;
  /** What is wrong. Empty if nothing is. */
  readonly stderr: string;
}

/** What the build writes for the pictures: each chart with its layout, by the machine's name. */
export type PreparedLayouts = Readonly<
  Record<string, { readonly chart: Chart; readonly layout: ChartLayout }>
>;

interface Format {
  readonly suffix: string;
  readonly render: (chart: Chart, layouts: PreparedLayouts) => string;
}

/** The layouts are made by the build: the layout engine is large, and only development installs it. */
const LAYOUTS_FILE = fileURLToPath(new URL('../../dist/chart-layouts.json', import.meta.url));
const NOT_BUILT =
  'pictures need the layouts of this version: run npm run build, or leave svg out of --format';

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['svg', { suffix: 'svg', render: renderSvg }],
  ['mermaid', { suffix: 'mmd', render: toMermaid }],
  ['json', { suffix: 'json', render: (chart) => `${JSON.stringify(toXStateJson(chart), undefined, 2)}\n` }],
]);
const FORMAT_NAMES = [...FORMATS.keys()];

/** @param layoutsFile where the layouts are; by default where the build puts them */
export async function runCharts(
  { out, format, docs = false }: ChartsFlags,
  layoutsFile: string = LAYOUTS_FILE,
): Promise<ChartsResult> {
  const charts = ALL_CHARTS;
  if (docs) return { exitCode: 0, stdout: renderChartsPage(charts), stderr: '' };
  if (out === undefined) return refuse('say where to write: statecast charts --out DIR');
  const formats: Format[] = [];
  for (const name of format?.split(',') ?? FORMAT_NAMES) {
    const found = FORMATS.get(name.trim());
    if (found === undefined)
      return refuse(`there is no format '${name.trim()}', only ${FORMAT_NAMES.join(', ')}`);
    formats.push(found);
  }
  const needsLayouts = formats.some(({ suffix }) => suffix === 'svg');
  const layouts = needsLayouts ? await readLayouts(layoutsFile, charts) : {};
  if (layouts === undefined) return refuse(NOT_BUILT);
  const written: string[] = [];
  try {
    await mkdir(out, { recursive: true });
    for (const chart of charts) {
      for (const { suffix, render } of formats) {
        const file = join(out, `${chart.machine}.${suffix}`);
        await writeFile(file, render(chart, layouts));
        written.push(`${file}\n`);
      }
    }
  } catch (error) {
    if (!isFileError(error)) throw error;
    return { ...refuse(`cannot write to ${out}: ${error.message}`), stdout: written.join('') };
  }
  return { exitCode: 0, stdout: written.join(''), stderr: '' };
}

/** Nothing when there are none, or when one of the charts has changed since they were made. */
async function readLayouts(file: string, charts: readonly Chart[]): Promise<PreparedLayouts | undefined> {
  try {
    const layouts = JSON.parse(await readFile(file, 'utf8')) as PreparedLayouts;
    const areCurrent = charts.every(
      (chart) => JSON.stringify(layouts[chart.machine]?.chart) === JSON.stringify(chart),
    );
    return areCurrent ? layouts : undefined;
  } catch (error) {
    if (isFileError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function renderSvg(chart: Chart, layouts: PreparedLayouts): string {
  const prepared = layouts[chart.machine];
  if (prepared === undefined) throw new Error(`${chart.machine} has no layout`);
  return toSvg(chart, prepared.layout);
}

function refuse(problem: string): ChartsResult {
  return { exitCode: 1, stdout: '', stderr: `error: ${problem}\n` };
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
