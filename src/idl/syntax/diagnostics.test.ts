import { describe, expect, test } from 'vitest';
import { formatDiagnostics, type Diagnostic } from './diagnostics.ts';
import { findLine, findPlace, type SourceFile } from './source-file.ts';

/** A file that counts how often its text is read: each reading may go through all of it. */
function createFile(text: string): { readonly file: SourceFile; readonly reads: () => number } {
  let reads = 0;
  const file = {
    path: 'long.tars',
    get text() {
      reads += 1;
      return text;
    },
  };
  return { file, reads: () => reads };
}

function createMistakes(file: SourceFile, count: number, step: number): Diagnostic[] {
  return Array.from({ length: count }, (_, index) => ({
    file,
    span: { start: index * step, end: index * step + 1 },
    message: `mistake ${index}`,
  }));
}

describe('many mistakes', () => {
  test.each([
    ['on one line', '@ '],
    ['on as many lines', '@\n'],
  ])('%s cost as much text as those that are shown', (_name, unit) => {
    const costs = [1_000, 50_000].map((count) => {
      const { file, reads } = createFile(unit.repeat(count));
      const shown = formatDiagnostics(createMistakes(file, count, unit.length));
      expect(shown).toContain(`… and ${count - 100} more.\n\n${count} errors.`);
      return { reads: reads(), lines: shown.split('\n').length, length: shown.length };
    });
    expect(costs[1]?.reads).toBe(costs[0]?.reads);
    expect(costs[1]?.reads).toBeLessThan(300);
    expect(costs[1]?.lines).toBe(costs[0]?.lines);
    expect(costs[1]?.length).toBeLessThan(100 * 600);
  });

  test('are told once for each place and text', () => {
    const { file } = createFile('a b\n');
    const [one, other] = createMistakes(file, 2, 2);
    const shown = formatDiagnostics([other!, one!, { ...one! }, { ...one!, severity: 'warning' }]);
    expect(shown.match(/^long\.tars.*$/gm)).toEqual([
      'long.tars:1:1: error: mistake 0',
      'long.tars:1:1: warning: mistake 0',
      'long.tars:1:3: error: mistake 1',
    ]);
    expect(shown).toContain('2 errors, 1 warning.');
  });

  test('have their lines found by one reading of the text', () => {
    const { file, reads } = createFile('x\r\n\nyz\n'.repeat(1_000));
    const lines = Array.from({ length: 7_000 }, (_, offset) => findLine(file, offset));
    expect(lines.slice(0, 8)).toEqual([1, 1, 1, 2, 3, 3, 3, 4]);
    expect(lines.at(-1)).toBe(3_000);
    expect(reads()).toBe(1);
    expect(findPlace(file, 8)).toEqual({ line: 4, column: 2, lineText: 'x', lineStart: 7 });
    expect(findPlace(file, 7_000)).toMatchObject({ line: 3_001, column: 1, lineText: '' });
  });
});

test('of a long line, only what is near the mistake is shown, with the caret below it', () => {
  const { file } = createFile(`${'a'.repeat(500)}${'b'.repeat(300)}`);
  const [, excerpt = '', caret = ''] = formatDiagnostics([
    { file, span: { start: 500, end: 800 }, message: 'wrong' },
  ]).split('\n');
  expect(excerpt).toBe(`    …${'a'.repeat(100)}${'b'.repeat(100)}…`);
  expect(caret).toBe(`${' '.repeat(105)}^${'~'.repeat(99)}`);
  expect(excerpt.indexOf('b')).toBe(caret.indexOf('^'));
});
