/** Finds the comments of a definition, above it or after it on its line, and extracts their text. */

import type { Span } from './source-file.ts';
import type { Doc } from './syntax.ts';
import type { Comment } from './tokens.ts';

export class DocComments {
  readonly #text: string;
  readonly #comments: readonly Comment[];

  constructor(text: string, comments: readonly Comment[]) {
    this.#text = text;
    this.#comments = comments;
  }

  /** The doc of a definition that spans from its first token to the `;`, `,` or `{` that ends it. */
  of(span: Span): Doc {
    const above = this.#above(span.start);
    return above.length > 0 ? above : this.#behind(span.end);
  }

  /** Comments directly above, on lines without other text. */
  #above(start: number): Doc {
    const found: Comment[] = [];
    let from = start;
    for (let index = this.#firstAfter(start) - 1; index >= 0; index--) {
      const comment = this.#comments[index]!;
      const between = this.#text.slice(comment.end, from);
      if (!/^[^\S\n]*\n?[^\S\n]*$/.test(between) || !this.#isFirstOnLine(comment)) break;
      found.unshift(comment);
      from = comment.start;
    }
    return toDoc(found);
  }

  /** The first comment after it on its line. */
  #behind(end: number): Doc {
    const comment = this.#comments[this.#firstAfter(end)];
    if (comment === undefined || !/^[^\S\n]*[,;]?[^\S\n]*$/.test(this.#text.slice(end, comment.start)))
      return [];
    return toDoc([comment]);
  }

  #isFirstOnLine({ start }: Comment): boolean {
    const lineStart = this.#text.lastIndexOf('\n', start - 1) + 1;
    return this.#text.slice(lineStart, start).trim() === '';
  }

  /** The index of the first comment at an offset or after it (a binary search). */
  #firstAfter(offset: number): number {
    let [low, high] = [0, this.#comments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#comments[middle]!.start < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function toDoc(comments: readonly Comment[]): Doc {
  const lines = comments.flatMap(({ text }) =>
    text.startsWith('//') ? [uncommentLine(text)] : uncommentBlock(text),
  );
  return trimBlank(lines.map(clean).filter((line) => !RULE.test(line) && !line.includes(UNREADABLE)));
}

function uncommentLine(text: string): string {
  return text.replace(/^\/\/+[!<]*/, '');
}

function uncommentBlock(text: string): string[] {
  return text
    .replace(/^\/\*+[!<]*/, '')
    .replace(/\**\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*+(?!\*)/, ''));
}

/** Breaks up a comment end, which would end the generated comment too. */
function clean(line: string): string {
  return line.trimEnd().replace(/^\s+/, '').replaceAll('*/', '*\\/');
}

/** The replacement character, which stands for bytes of an unknown encoding. */
const UNREADABLE = '\ufffd';

/** A line that consists of strokes only. */
const RULE = /^[-=*/#~_+]{3,}$/;

function trimBlank(lines: readonly string[]): Doc {
  const first = lines.findIndex((line) => line !== '');
  const last = lines.findLastIndex((line) => line !== '');
  if (first === -1) return [];
  return lines.slice(first, last + 1).filter((line, index, all) => line !== '' || all[index - 1] !== '');
}
