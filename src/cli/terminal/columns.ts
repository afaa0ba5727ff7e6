/** Columns of text for people. */

import { toPlainText } from '../../system/plain-text.ts';

/** The gap between two columns. */
const GAP = '  ';

/** Each row is a line, without blanks at its end. All rows have as many texts as the first one. */
export function formatColumns(rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map(toPlainText));
  const widths = (safe[0] ?? []).map((_, column) =>
    safe.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  return safe
    .map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(GAP))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
