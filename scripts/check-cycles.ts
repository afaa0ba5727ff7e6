/**
 * `npm run check:cycles`: finds cycles of imports between folders of `src` and `clients`. Type imports count; tests do
 * not, because they may import anything. For each cycle it prints one import for each step.
 */

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An import from one folder to another. */
interface Step {
  readonly from: string;
  readonly to: string;
}

/** The folders that a folder imports from, with one import as an example. */
type Imports = Map<string, Map<string, Step>>;

const root = fileURLToPath(new URL('..', import.meta.url));
const IMPORT = /\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

const cycles = findCycles(await readImports());
for (const cycle of cycles) {
  const way = cycle.map(({ from, to }) => `  ${from} imports ${to}`).join('\n');
  process.stderr.write(`folders import each other:\n${way}\n`);
}
if (cycles.length > 0) process.exitCode = 1;

async function readImports(): Promise<Imports> {
  const imports: Imports = new Map();
  for (const file of await listFiles()) {
    const text = await readFile(join(root, file), 'utf8');
    for (const [, target = ''] of text.matchAll(IMPORT)) {
      const to = relative(root, join(root, dirname(file), target));
      if (dirname(to) === dirname(file)) continue;
      const steps = imports.get(dirname(file)) ?? new Map<string, Step>();
      imports.set(dirname(file), steps.set(dirname(to), { from: file, to }));
    }
  }
  return imports;
}

/** The modules of the product, as paths below the root. */
async function listFiles(): Promise<string[]> {
  const folders = ['src', 'clients'];
  const files = await Promise.all(folders.map((folder) => readdir(join(root, folder), { recursive: true })));
  return files
    .flatMap((names, index) => names.map((name) => join(folders[index] ?? '', name)))
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file));
}

/** One cycle for each import that closes one, found by a depth-first walk. */
function findCycles(imports: Imports): Step[][] {
  const found: Step[][] = [];
  const done = new Set<string>();

  function walk(folder: string, way: readonly string[], steps: readonly Step[]): void {
    const start = way.indexOf(folder);
    if (start !== -1) found.push(steps.slice(start));
    if (start !== -1 || done.has(folder)) return;
    for (const [next, step] of imports.get(folder) ?? []) walk(next, [...way, folder], [...steps, step]);
    done.add(folder);
  }

  for (const folder of [...imports.keys()].sort()) walk(folder, [], []);
  return found;
}
