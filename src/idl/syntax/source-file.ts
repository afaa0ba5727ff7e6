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

/** Where the lines of a file start, in order. They are found once: thousands of places may be asked for. */
const lineStarts = new WeakMap<SourceFile, readonly number[]>();

/** The place of an offset. A line ends with `\n`, `\r\n` or the end of the text. */
export function findPlace(file: SourceFile, offset: number): Place {
  const { text } = file;
  const line = findLine(file, offset);
  const starts = startsOf(file);
  const lineStart = starts[line - 1] ?? 0;
  const next = starts[line];
  return {
    line,
    column: Array.from(text.slice(lineStart, offset)).length + 1,
    lineText: text.slice(lineStart, next === undefined ? text.length : next - 1).replace(/\r$/, ''),
    lineStart,
  };
}

/** The number of the line of an offset, from 1. */
export function findLine(file: SourceFile, offset: number): number {
  const starts = startsOf(file);
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return high;
}

function startsOf(file: SourceFile): readonly number[] {
  const known = lineStarts.get(file);
  if (known !== undefined) return known;
  const starts = [0];
  const { text } = file;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  lineStarts.set(file, starts);
  return starts;
}

/** The span from the start of one span to the end of another. */
export function join(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}
