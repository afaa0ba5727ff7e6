import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFile } from '../check/check-file.ts';
import { formatDiagnostics, type Diagnostic } from './diagnostics.ts';
import { parseFile } from './parse-file.ts';

const hello = readFileSync(new URL('../../../tars/hello.tars', import.meta.url), 'utf8');

/** The number of errors of a text after parsing and checking. */
function countErrors(text: string): number {
  const file = { path: 'test.tars', text };
  const diagnostics: Diagnostic[] = [];
  const report = (span: { start: number; end: number }, message: string) => {
    expect(span.start).toBeLessThanOrEqual(text.length);
    diagnostics.push({ file, span, message });
  };
  const syntax = parseFile(text, report);
  checkFile(file, syntax, () => undefined, { long: 'number', withTars: false }, report);
  formatDiagnostics(diagnostics);
  return diagnostics.length;
}

describe('for any text, parsing ends and the errors are reported', () => {
  test('of a right file nothing', () => {
    expect(countErrors(hello)).toBe(0);
  });

  test('of a file with a piece missing', () => {
    const cuts = fc.tuple(fc.nat({ max: hello.length }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(cuts, ([start, length]) => {
        expect(countErrors(hello.slice(0, start) + hello.slice(start + length))).toBeLessThan(50);
      }),
      { numRuns: 300 },
    );
  });

  test('of words in any order', () => {
    const words = hello.match(/\w+|[^\s\w]/g)!;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words, '"', '/*', '\n', '#include')), (chosen) => {
        expect(countErrors(chosen.join(' '))).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  test('of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(countErrors(text)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
