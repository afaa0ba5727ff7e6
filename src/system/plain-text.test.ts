import { describe, expect, test } from 'vitest';
import { toPlainError, toPlainJson, toPlainLines, toPlainText } from './plain-text.ts';

const ESCAPE = '\u001b[2J';

describe('a plain text', () => {
  test.each([
    ['line breaks', 'a\r\nb', String.raw`a\r\nb`],
    ['what a terminal obeys', `${ESCAPE}\u0007\u007f`, String.raw`\u001b[2J\u0007\u007f`],
    ['the control characters of one byte in ISO 8859', 'a\u009b2Jb\u0085', String.raw`a\u009b2Jb\u0085`],
    ['line breaks of Unicode', 'a\u2028b\u2029', String.raw`a\u2028b\u2029`],
    ['what turns a line around', 'a\u202eb\u2066c\u200f', String.raw`a\u202eb\u2066c\u200f`],
  ])('has escapes for %s', (_name, text, plain) => {
    expect(toPlainText(text)).toBe(plain);
  });

  test('keeps all that is only unusual', () => {
    expect(toPlainText('Zoë ☃ 🎈 日本 עברית')).toBe('Zoë ☃ 🎈 日本 עברית');
  });

  test('of several lines keeps their breaks and tabs, and JSON has its own escapes', () => {
    expect(toPlainLines(`a\n\t${ESCAPE}`)).toBe('a\n\t\\u001b[2J');
    expect(toPlainJson({ a: '\n\u202e' })).toBe('{"a":"\\n\\u202e"}');
  });
});

describe('a plain error', () => {
  test('says what it says in one line, before its stack', () => {
    const error = new Error(`no\n    at forged (file.js:1:1)${ESCAPE}`);
    const [first, second, ...others] = toPlainError(error).split('\n');
    expect(first).toBe(String.raw`Error: no\n    at forged (file.js:1:1)\u001b[2J`);
    expect(second).toMatch(/^ {4}at .*plain-text\.test\.ts/);
    expect(others.join('\n')).not.toContain('forged');
  });

  test('has its causes and fields, which are plain too', () => {
    const cause = Object.assign(new TypeError('why\n\u202e'), { code: 'E\nX' });
    const lines = toPlainError(new Error('what', { cause })).split('\n');
    expect(lines.filter((line) => !line.startsWith('    at '))).toEqual([
      'Error: what',
      String.raw`caused by: TypeError: why\n\u202e`,
    ]);
    expect(lines.at(-1)).toMatch(/\{ code: 'E\\nX' \}$/);
  });

  test('whose message was changed has no stack, because lines of the old message may look like one', () => {
    const error = new Error('old\n    at forged (file.js:1:1)');
    expect(error.stack).toContain('forged');
    error.message = 'new';
    expect(toPlainError(error)).toBe('Error: new');
  });

  test('may be anything that is thrown, and ends where causes are a ring', () => {
    expect(toPlainError('a\nb')).toBe(String.raw`a\nb`);
    expect(toPlainError({ a: `\n${ESCAPE}\u202e` })).toBe(String.raw`{ a: '\n\x1B[2J\u202e' }`);
    const ring = new Error('ring');
    ring.cause = ring;
    expect(toPlainError(ring).split('caused by').length).toBeLessThan(10);
  });
});
