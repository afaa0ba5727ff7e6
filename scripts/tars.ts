/**
 * `npm run tars`: generates src/tars/servants from tars/*.tars. With `--check` it writes nothing, and fails if the files
 * differ from what would be generated.
 */

import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTars2ts } from '../src/cli/tars2ts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'tars');
const servants = join(root, 'src', 'tars', 'servants');

if (process.argv.includes('--check')) await check();
else await generate(servants);

async function generate(out: string): Promise<readonly string[]> {
  const files = (await readdir(sources)).filter((name) => name.endsWith('.tars')).sort();
  const { exitCode, stderr, written } = await runTars2ts({
    files: files.map((name) => join(relative(process.cwd(), sources), name)),
    out,
    runtime: '../runtime.ts',
    ext: '.ts',
  });
  process.stderr.write(stderr);
  process.exitCode = exitCode;
  return written;
}

async function check(): Promise<void> {
  const fresh = await mkdtemp(join(tmpdir(), 'statecast-tars-'));
  try {
    const names = (await generate(fresh)).map((path) => basename(path));
    if (process.exitCode === 1) return;
    const stale = [];
    for (const name of names) {
      const expected = await readFile(join(fresh, name), 'utf8');
      if ((await read(join(servants, name))) !== expected) stale.push(name);
    }
    const left = (await readdir(servants)).filter((name) => name.endsWith('.ts') && !names.includes(name));
    tell(stale, 'is not what its .tars file generates: run `npm run tars`');
    tell(left, 'has no .tars file: delete it');
  } finally {
    await rm(fresh, { recursive: true });
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

function tell(names: readonly string[], problem: string): void {
  for (const name of names) {
    process.stderr.write(`src/tars/servants/${name} ${problem}\n`);
    process.exitCode = 1;
  }
}
