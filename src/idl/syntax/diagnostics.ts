/** Errors and warnings in .tars files, and their text: `file:line:column: error: …`, the line, and a caret below it. */

import { findPlace, type SourceFile, type Span } from './source-file.ts';

export interface Diagnostic {
  readonly file: SourceFile;
  /** Without it the error is about the whole file. */
  readonly span?: Span;
  /** What is wrong and, if known, what would be right. */
  readonly message: string;
  /** A warning does not keep the files from being compiled. Default: an error. */
  readonly severity?: 'error' | 'warning';
}

/** Whether it keeps the files from being compiled. */
export function isError({ severity }: Diagnostic): boolean {
  return severity !== 'warning';
}

/** Reports an error, or a warning, in a file. */
export type Report = (span: Span, message: string) => void;

/** The most of them that are printed: one wrong file may cause thousands. */
const MAX_TOLD = 100;

/** All of them as text, in the order of files and places, without duplicates, with their numbers at the end. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  const ordered = files.flatMap((file) =>
    diagnostics
      .filter((diagnostic) => diagnostic.file === file)
      .sort((one, other) => (one.span?.start ?? -1) - (other.span?.start ?? -1)),
  );
  const told = new Map(ordered.map((diagnostic) => [formatDiagnostic(diagnostic), isError(diagnostic)]));
  const shown = [...told.keys()].slice(0, MAX_TOLD);
  const more = told.size - shown.length;
  if (more > 0) shown.push(`… and ${more} more.\n`);
  const errors = [...told.values()].filter(Boolean).length;
  const counts = [...count(errors, 'error'), ...count(told.size - errors, 'warning')];
  return `${shown.join('\n')}\n${counts.join(', ')}.\n`;
}

function count(number: number, name: string): string[] {
  if (number === 0) return [];
  return [number === 1 ? `1 ${name}` : `${number} ${name}s`];
}

function formatDiagnostic({ file, span, message, severity = 'error' }: Diagnostic): string {
  if (span === undefined) return `${file.path}: ${severity}: ${message}\n`;
  const { line, column, lineText, lineStart } = findPlace(file.text, span.start);
  const before = lineText.slice(0, span.start - lineStart);
  const marked = lineText.slice(span.start - lineStart, span.end - lineStart);
  const tail = '~'.repeat(Math.max(0, toBlank(marked).length - 1));
  return [
    `${file.path}:${line}:${column}: ${severity}: ${message}`,
    `    ${toPrintable(lineText)}`,
    `    ${toBlank(before)}^${tail}`,
    '',
  ].join('\n');
}

/** Spaces with the width of a text on a terminal, so that the caret is below the right character. */
function toBlank(text: string): string {
  return Array.from(text, (character) => {
    if (character === '\t') return '\t';
    return WIDE.test(character) ? '  ' : ' ';
  }).join('');
}

/** Characters that are two columns wide. */
export const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Without control characters, which could move the cursor. */
function toPrintable(text: string): string {
  return Array.from(text, (character) => (character < ' ' && character !== '\t' ? '?' : character)).join('');
}
