/** docs/security.md: the settings that it names exist, and have the defaults that it says. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FIELDS } from '../src/config/schema/fields.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/security.md'), 'utf8');
const settings = new Map(FIELDS.map((field) => [field.path, field]));
const sections = new Set(FIELDS.flatMap(({ keys }) => (keys.length > 1 ? [keys[0]] : [])));

/** The texts between back quotes. */
const codes = Array.from(page.matchAll(/`([^`\n]+)`/g), ([, code = '']) => code);

test('each setting that it names exists', () => {
  const named = codes.filter((code) => /^\w+\.\w+$/.test(code) && sections.has(code.split('.')[0]));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !settings.has(name))).toEqual([]);
});

test('each test that it names exists', () => {
  const files = codes.filter((code) => /^(?:src|test)\//.test(code));
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !existsSync(join(import.meta.dirname, '..', file)))).toEqual([]);
});

test('each default that it tells is the default, and all limits are in its table', () => {
  const rows = Array.from(page.matchAll(/^\| [^|]+ \| `([\w.]+)` \| `(\d+)`/gm), ([, path, value]) => ({
    path,
    value: Number(value),
  }));
  expect(rows.map(({ path, value }) => [path, value])).toEqual(
    rows.map(({ path = '' }) => [path, settings.get(path)?.defaultValue]),
  );
  const limits = [...settings.keys()].filter((path) => path.startsWith('limits.'));
  expect(limits.filter((path) => !rows.some((row) => row.path === path))).toEqual([]);
});

test('each table has as many cells in a row as its head', () => {
  const tables = page.split('\n\n').filter((block) => block.startsWith('| '));
  expect(tables.length).toBeGreaterThan(3);
  for (const table of tables) {
    const widths = table
      .trim()
      .split('\n')
      .map((row) => row.split('|').length);
    expect(new Set(widths).size, table.slice(0, 60)).toBe(1);
  }
});
