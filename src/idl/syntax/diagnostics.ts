/** Errors in .tars files, and their text: `file:line:column: error: …`, the line, and a caret below it. */

import { findPlace, type SourceFile, type Span } from './source-file.ts';

export interface Diagnostic {
  readonly file: SourceFile;
  /** Without it the error is about the whole file. */
  readonly span?: Span;
  /** What is wrong and, if known, what would be right. */
  readonly message: string;
}

/** Reports an error in a file. */
export type Report = (span: Span, message: string) => void;

/** The most errors that are printed: one wrong file may cause thousands. */
const MAX_TOLD = 100;

/** The errors as text, in the order of files and places, without duplicates, with their number at the end. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  const ordered = files.flatMap((file) =>
    diagnostics
      .filter((diagnostic) => diagnostic.file === file)
      .sort((one, other) => (one.span?.start ?? -1) - (other.span?.start ?? -1)),
  );
  const told = [...new Set(ordered.map(formatDiagnostic))];
  const shown = told.slice(0, MAX_TOLD);
  const more = told.length - shown.length;
  if (more > 0) shown.push(`… and ${more} more.\n`);
  const count = told.length === 1 ? '1 error' : `${told.length} errors`;
  return `${shown.join('\n')}\n${count}.\n`;
}

function formatDiagnostic({ file, span, message }: Diagnostic): string {
  if (span === undefined) return `${file.path}: error: ${message}\n`;
  const { line, column, lineText, lineStart } = findPlace(file.text, span.start);
  const before = lineText.slice(0, span.start - lineStart);
  const marked = lineText.slice(span.start - lineStart, span.end - lineStart);
  const tail = '~'.repeat(Math.max(0, toBlank(marked).length - 1));
  return [
    `${file.path}:${line}:${column}: error: ${message}`,
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
