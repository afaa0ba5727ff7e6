/** Reads strings with C escapes. An octal or hexadecimal escape is one byte, so several can be one UTF-8 character. */

import type { Report } from './diagnostics.ts';
import type { Token } from './tokens.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  f: '\f',
  a: '\u0007',
  b: '\b',
  '?': '?',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const PART = /[^"\\\n]+|\\(?:x[0-9A-Fa-f]+|[0-7]{1,3}|[^\n])/y;

/** Reads the string that starts at a `"`. It ends at the next `"`, or at the end of the line, which is an error. */
export function readString(text: string, start: number, report: Report): Token {
  const chunks: Uint8Array[] = [];
  let position = start + 1;
  for (;;) {
    PART.lastIndex = position;
    const part = PART.exec(text)?.[0];
    if (part === undefined) break;
    const span = { start: position, end: position + part.length };
    chunks.push(
      part.startsWith('\\')
        ? readEscape(part, (message) => report(span, message))
        : Buffer.from(part.replace(/\r$/, '')),
    );
    position = span.end;
  }
  const closed = text[position] === '"';
  const end = closed ? position + 1 : position;
  if (!closed) report({ start, end }, 'the string does not end on its line: " is missing');
  return {
    kind: 'string',
    text: text.slice(start, end),
    string: decodeUtf8(Buffer.concat(chunks), (message) => report({ start, end }, message)),
    start,
    end,
  };
}

function readEscape(escape: string, report: (message: string) => void): Uint8Array {
  const letter = escape[1]!;
  if (letter === 'x' && escape.length > 2)
    return toByte(Number.parseInt(escape.slice(2), 16), escape, report);
  if (letter >= '0' && letter <= '7') return toByte(Number.parseInt(escape.slice(1), 8), escape, report);
  const character = ESCAPES[letter];
  if (character === undefined) report(`${escape} is no escape`);
  return Buffer.from(character ?? '');
}

function toByte(value: number, escape: string, report: (message: string) => void): Uint8Array {
  if (value === 0) report(`${escape} is the character NUL, which a string cannot hold`);
  else if (value > 0xff) report(`${escape} is more than a byte`);
  return Uint8Array.of(value);
}

function decodeUtf8(bytes: Uint8Array, report: (message: string) => void): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    report('the escaped bytes are not UTF-8');
    return '';
  }
}
