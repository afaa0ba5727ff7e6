/** Formats values for people, and the results of a scenario as a table. */

import { noiseOf, type Figure, type FigureResult, type ScenarioResult, type Unit } from './results.ts';

const SUFFIXES: Readonly<Record<Exclude<Unit, 'perSecond' | 'share'>, string>> = {
  micros: 'µs',
  millis: 'ms',
  kilobytes: 'KB',
  megabytes: 'MB',
  times: '×',
};

/** A value with three significant digits and its unit; the unit of a rate is in its title. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'share') return formatPercent(value);
  if (unit !== 'perSecond') return `${formatNumber(value)} ${SUFFIXES[unit]}`;
  return value >= 100_000 ? `${formatNumber(value / 1_000)} k` : formatNumber(value);
}

function formatNumber(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function formatRatio(ratio: number): string {
  if (ratio >= 10) return `×${ratio.toFixed(0)}`;
  return `×${ratio.toFixed(ratio < 0.095 ? 3 : 2)}`;
}

export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** The first row has the titles, the first column has the names. */
export type Table = readonly (readonly string[])[];

/** Variants as rows, figures as columns; after the first figure its ratio and its spread. */
export function toTable({ figures, variants }: ScenarioResult): Table {
  const [first, ...others] = figures;
  if (first === undefined) return [];
  const titles = ['', first.title, 'ratio', 'spread', ...others.map(({ title }) => title)];
  const rows = variants.map(({ name, figures: results }) => {
    const main = results[first.key];
    return [
      name,
      formatFigure(first, main, false),
      main?.ratio === undefined ? '' : formatRatio(main.ratio.median),
      main === undefined ? '' : `± ${formatPercent(noiseOf(main.ratio ?? main.value))}`,
      ...others.map((figure) => formatFigure(figure, results[figure.key], figure.better !== undefined)),
    ];
  });
  return [titles, ...rows];
}

function formatFigure({ unit }: Figure, result: FigureResult | undefined, withRatio: boolean): string {
  if (result === undefined) return '';
  const value = formatValue(result.value.median, unit);
  return withRatio && result.ratio !== undefined ? `${value} (${formatRatio(result.ratio.median)})` : value;
}

/** A table for a terminal. */
export function alignTable(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}\n`)
    .join('');
}

/** A Markdown table without alignment: oxfmt does not format Markdown. */
export function toMarkdownTable(table: Table): string {
  const [titles = [], ...rows] = table;
  const rule = titles.map((_, column) => (column === 0 ? '---' : '---:'));
  return [titles, rule, ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

/** The notes below a table: the budget, failures, and why a scenario was not measured. */
export function toNotes({ budget, variants, figures, failures, notServed }: ScenarioResult): string[] {
  const ratio = variants.find(({ isOurs }) => isOurs)?.figures[figures[0]?.key ?? '']?.ratio?.median;
  return [
    ...(notServed === undefined ? [] : [`Not measured: ${notServed}.`]),
    ...(budget === undefined || ratio === undefined
      ? []
      : [`Budget: ${formatRatio(budget)}; ${ratio >= budget ? 'kept' : 'missed'}.`]),
    ...failures.map((failure) => `Failed: ${failure}.`),
  ];
}
