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
  const told = withoutDuplicates(ordered);
  const shown = told.slice(0, MAX_TOLD).map(formatDiagnostic);
  const more = told.length - shown.length;
  if (more > 0) shown.push(`… and ${more} more.\n`);
  const errors = told.filter(isError).length;
  const counts = [...count(errors, 'error'), ...count(told.length - errors, 'warning')];
  return `${shown.join('\n')}\n${counts.join(', ')}.\n`;
}

/** By what they say and where, so that no text is made of those that are not shown. */
function withoutDuplicates(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<SourceFile, Set<string>>();
  return diagnostics.filter((diagnostic) => {
    const { file, span, message } = diagnostic;
    const told = seen.get(file) ?? new Set();
    seen.set(file, told);
    const key = `${span?.start} ${span?.end} ${isError(diagnostic)} ${message}`;
    return told.size < told.add(key).size;
  });
}

function count(number: number, name: string): string[] {
  if (number === 0) return [];
  return [number === 1 ? `1 ${name}` : `${number} ${name}s`];
}

function formatDiagnostic({ file, span, message, severity = 'error' }: Diagnostic): string {
  if (span === undefined) return `${file.path}: ${severity}: ${message}\n`;
  const { line, column, lineText, lineStart } = findPlace(file, span.start);
  const { before, marked, after } = cutLine(lineText, span.start - lineStart, span.end - lineStart);
  const tail = '~'.repeat(Math.max(0, toBlank(marked).length - 1));
  return [
    `${file.path}:${line}:${column}: ${severity}: ${message}`,
    `    ${toPrintable(before + marked + after)}`,
    `    ${toBlank(before)}^${tail}`,
    '',
  ].join('\n');
}

/** What is shown before and behind the start of what is wrong. Files that a program wrote may be one line. */
const SHOWN_BEFORE = 100;
const SHOWN_BEHIND = 100;

interface CutLine {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** A line in three parts, without what is far from the second one. */
function cutLine(line: string, start: number, end: number): CutLine {
  const from = Math.max(0, start - SHOWN_BEFORE);
  const to = Math.min(line.length, start + SHOWN_BEHIND);
  return {
    before: (from > 0 ? '…' : '') + line.slice(from, start),
    marked: line.slice(start, Math.min(end, to)),
    after: line.slice(Math.min(end, to), to) + (to < line.length ? '…' : ''),
  };
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
