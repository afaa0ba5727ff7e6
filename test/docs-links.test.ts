/** The links of the pages: each leads to a file that exists, and to a heading that the file has. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { anchorsOf, linksOf } from './support/markdown.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const names = await readdir(ROOT);
const nested = await Promise.all(
  ['docs', 'examples'].map(async (folder) =>
    (await readdir(join(ROOT, folder), { recursive: true })).map((name) => join(folder, name)),
  ),
);
const pages = [...names, ...nested.flat()].filter((name) => name.endsWith('.md'));

test('links are found wherever they stand, and what only looks like one is not', () => {
  const page = [
    'a [b](c.md) and ![d](e.png "f"), [`g`](h.md#i-1), <img src="j.webp">, [k][l], [m](https://n.example)',
    'but not `[o](p.md)`, and not',
    '```md',
    '[q](r.md)',
    '```',
    '[l]: s.md',
  ].join('\n');
  expect(linksOf(page).toSorted()).toEqual(['c.md', 'e.png', 'h.md#i-1', 'j.webp', 's.md']);
  expect([...anchorsOf('# One *two*\n## `Three`, four\n## One two\n```\n# no\n```')]).toEqual([
    'one-two',
    'three-four',
    'one-two-1',
  ]);
});

test('the pages are found', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'docs/decisions/0016-floors.md', 'examples/php-chat/README.md']),
  );
});

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  test('has links that lead somewhere', () => {
    const broken = linksOf(text).filter((link) => {
      const [path = '', anchor] = link.split('#', 2);
      const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), decodeURIComponent(path));
      if (relative(ROOT, target).startsWith('..') || !existsSync(target)) return true;
      if (anchor === undefined) return false;
      return statSync(target).isDirectory() || !anchorsOf(readFileSync(target, 'utf8')).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});
