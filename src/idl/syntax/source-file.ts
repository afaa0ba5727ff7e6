/** The text of a .tars file, and places in it. */

export interface SourceFile {
  /** As it is shown in messages. */
  readonly path: string;
  readonly text: string;
}

/** A range of offsets in UTF-16 units, without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters; a tab is one character. */
  readonly column: number;
  /** The whole line, without its end. */
  readonly lineText: string;
  /** Where the line starts. */
  readonly lineStart: number;
}

/** The place of an offset. A line ends with `\n`, `\r\n` or the end of the text. */
export function findPlace(text: string, offset: number): Place {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', lineStart);
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < lineStart; at = text.indexOf('\n', at + 1)) line++;
  return {
    line,
    column: Array.from(text.slice(lineStart, offset)).length + 1,
    lineText: text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd).replace(/\r$/, ''),
    lineStart,
  };
}

/** The span from the start of one span to the end of another. */
export function join(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}
