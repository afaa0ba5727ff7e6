/** The command `statecast charts`: writes the charts of all machines as files, or their page as a text. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MACHINES } from '../actors/machines.ts';
import type { Chart } from '../inspect/chart/chart.ts';
import { renderChartsPage } from '../inspect/chart/formats/charts-page.ts';
import { describeChart } from '../inspect/chart/describe-chart.ts';
import { toMermaid } from '../inspect/chart/formats/to-mermaid.ts';
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
  /** The page, or the files that were written, one a line. */
  readonly stdout: string;
  /** What is wrong, or nothing. */
  readonly stderr: string;
}

interface Format {
  readonly suffix: string;
  readonly render: (chart: Chart) => Promise<string> | string;
}

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['svg', { suffix: 'svg', render: renderSvg }],
  ['mermaid', { suffix: 'mmd', render: toMermaid }],
  ['json', { suffix: 'json', render: (chart) => `${JSON.stringify(toXStateJson(chart), undefined, 2)}\n` }],
]);
const FORMAT_NAMES = [...FORMATS.keys()];

export async function runCharts({ out, format, docs = false }: ChartsFlags): Promise<ChartsResult> {
  const charts = Object.values(MACHINES).map((machine) => describeChart(machine));
  if (docs) return { exitCode: 0, stdout: renderChartsPage(charts), stderr: '' };
  if (out === undefined) return refuse('say where to write: statecast charts --out DIR');
  const formats: Format[] = [];
  for (const name of format?.split(',') ?? FORMAT_NAMES) {
    const found = FORMATS.get(name.trim());
    if (found === undefined)
      return refuse(`there is no format '${name.trim()}', only ${FORMAT_NAMES.join(', ')}`);
    formats.push(found);
  }
  const written: string[] = [];
  try {
    await mkdir(out, { recursive: true });
    for (const chart of charts) {
      for (const { suffix, render } of formats) {
        const file = join(out, `${chart.machine}.${suffix}`);
        await writeFile(file, await render(chart));
        written.push(`${file}\n`);
      }
    }
  } catch (error) {
    if (!isFileError(error)) throw error;
    return { ...refuse(`cannot write to ${out}: ${error.message}`), stdout: written.join('') };
  }
  return { exitCode: 0, stdout: written.join(''), stderr: '' };
}

/** The layout engine is large, and a server that serves needs it not. */
async function renderSvg(chart: Chart): Promise<string> {
  const [{ default: elkjs }, { layoutChart }, { toSvg }] = await Promise.all([
    import('elkjs'),
    import('../inspect/chart/layout/layout-chart.ts'),
    import('../inspect/chart/formats/to-svg.ts'),
  ]);
  return toSvg(chart, await layoutChart(chart, new elkjs.default()));
}

function refuse(problem: string): ChartsResult {
  return { exitCode: 1, stdout: '', stderr: `error: ${problem}\n` };
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
