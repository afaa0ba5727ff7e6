/** Splits a .tars text into tokens and comments. Anything else is reported and skipped. */

import type { Report } from './diagnostics.ts';
import { readNumber } from './read-number.ts';
import { readString } from './read-string.ts';
import { KEYWORDS, type Comment, type Token } from './tokens.ts';

export interface Lexed {
  /** The last one is `end`. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}

const BLANK = /\s+/y;
const LINE_COMMENT = /\/\/[^\n]*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?\*\//y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const INCLUDE = /#[ \t]*include\b/y;
const PUNCTUATION = /::|[{}[\]()<>,;:=*]/y;
/** Anything that starts like a number; `readNumber` checks it. */
const NUMBER = /[+-]?(?:\d|\.\d)(?:[eE][+-]?\d|[A-Za-z0-9_.])*/y;
/** Up to a character that can start a token again. */
const NONSENSE = /[^\s\w"/{}[\]()<>,;:=*]+|./suy;

export function lex(text: string, report: Report): Lexed {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  let position = 0;
  let first = true;

  function push(token: Token): void {
    tokens.push(first ? { ...token, first } : token);
    first = false;
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = position;
    return pattern.exec(text)?.[0];
  }

  while (position < text.length) {
    const start = position;
    let found: string | undefined;
    const span = (length: number) => ({ start, end: start + length });

    if ((found = match(BLANK)) !== undefined) {
      position += found.length;
      first ||= found.includes('\n');
    } else if ((found = match(LINE_COMMENT) ?? match(BLOCK_COMMENT)) !== undefined) {
      position += found.length;
      comments.push({ ...span(found.length), text: found });
    } else if (text.startsWith('/*', position)) {
      report(span(2), 'the comment does not end: */ is missing');
      position = text.length;
    } else if ((found = match(WORD)) !== undefined) {
      position += found.length;
      push({
        ...span(found.length),
        kind: KEYWORDS.has(found) ? 'keyword' : 'identifier',
        text: found,
      });
    } else if ((found = match(NUMBER)) !== undefined) {
      position += found.length;
      push(readNumber(found, span(found.length), report));
    } else if ((found = match(INCLUDE)) !== undefined) {
      position += found.length;
      push({ ...span(found.length), kind: 'include', text: found });
    } else if (text[position] === '"') {
      const token = readString(text, position, report);
      position = token.end;
      push(token);
    } else if ((found = match(PUNCTUATION)) !== undefined) {
      position += found.length;
      push({ ...span(found.length), kind: 'punctuation', text: found });
    } else {
      found = match(NONSENSE) ?? text[position]!;
      position += found.length;
      report(span(found.length), `${JSON.stringify(found)} is not part of the language`);
    }
  }

  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return { tokens, comments };
}
