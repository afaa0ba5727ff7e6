/** Checks generated code as this project's own code: with the strict compiler and the formatter. */

import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTars2ts } from '../../src/cli/tars2ts.ts';
import { lex } from '../../src/idl/syntax/lexer.ts';
import type { Decoded, TarsStruct } from '../../src/tars.ts';
import { generate, load } from './generated.ts';
import { PLATFORM_FILES } from './platform-files.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const language = fileURLToPath(new URL('language.tars', import.meta.url));

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tars-generated-'));
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }\n');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe.each(['number', 'string', 'bigint'] as const)('with long as %s', (long) => {
  let out: string;
  beforeAll(async () => {
    out = join(dir, long);
    await generate([...PLATFORM_FILES.map(({ tars }) => tars), language], out, { long });
  });

  test('all of them are JavaScript with strict declarations', async () => {
    const js = join(dir, `js-${long}`);
    await generate([...PLATFORM_FILES.map(({ tars }) => tars), language], js, { long, js: true });
    const files = await readdir(js, { recursive: true });
    const modules = files.filter((name) => name.endsWith('.js'));
    expect(files.filter((name) => name.endsWith('.d.ts'))).toHaveLength(modules.length);
    for (const name of modules) {
      const [script, typescript] = [await load<object>(js, name), await load<object>(out, toTs(name))];
      expect(Object.keys(script)).toEqual(Object.keys(typescript));
    }
    const compilerOptions = {
      typeRoots: [join(root, 'node_modules', '@types')],
      // The run-time is the source itself, which is imported by its path.
      allowImportingTsExtensions: true,
      skipLibCheck: false,
    };
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['**/*.d.ts'] };
    await writeFile(join(js, 'tsconfig.json'), JSON.stringify(config));
    const result = await run(bin('tsc'), ['-p', js]).catch((error: { stdout: string }) => error);
    expect(result.stdout).toBe('');
  });

  test('all files of the platform, and the whole language, are strict TypeScript', async () => {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(root, 'node_modules', '@types')] },
      include: ['.'],
    };
    await writeFile(join(out, 'tsconfig.json'), JSON.stringify(config));
    const result = await run(bin('tsc'), ['-p', out]).catch((error: { stdout: string }) => error);
    expect(result.stdout).toBe('');
    await rm(join(out, 'tsconfig.json'));
  });

  test('they are formatted like this project', async () => {
    await copyFile(join(root, '.oxfmtrc.json'), join(out, '.oxfmtrc.json'));
    const files = await readdir(out, { recursive: true });
    const modules = files.filter((name) => name.endsWith('.ts'));
    expect(modules.length).toBeGreaterThan(10);
    const before = await Promise.all(modules.map((name) => readFile(join(out, name), 'utf8')));
    await run(bin('oxfmt'), modules, { cwd: out });
    expect(await Promise.all(modules.map((name) => readFile(join(out, name), 'utf8')))).toEqual(before);
  });
});

function toTs(name: string): string {
  return name.replace(/\.js$/, '.ts');
}

test('unusual names work', async () => {
  interface Tree {
    name?: string;
    children: Tree[];
  }
  const out = join(dir, 'odd');
  await generate([language], out);
  const { Tree, keyOfTree, BIG, TEXT } = await load<{
    Tree: TarsStruct<Tree>;
    keyOfTree(tree: Tree): string;
    BIG: number;
    TEXT: string;
  }>(out, 'language.ts');
  const leaf: Decoded<Tree> = Tree.decode(Tree.encode({ children: [] }));
  expect(leaf).toMatchObject({
    name: 'x',
    level: 5,
    level2: 6,
    level3: 7,
    map2: -1,
    big: -5,
    yes: true,
    d: 2,
    f: 0.5,
    constructor: '',
    count: 5,
    del: { p: { x: 0, y: -3 }, __proto___: '' },
  });
  const tree = { ...leaf, children: [leaf, { ...leaf, name: 'other' }] };
  expect(Tree.decode(Tree.encode(tree))).toEqual(tree);
  expect(keyOfTree(leaf)).toBe(keyOfTree({ children: [] }));
  expect(keyOfTree(leaf)).not.toBe(keyOfTree({ children: [], name: 'y' }));
  expect(BIG).toBe(Number.MAX_SAFE_INTEGER);
  expect(TEXT).toBe('it\'s "quoted" \\ AA \n tab\t 世界');
});

test('the .tars files of the package have nothing that other compilers cannot read', async () => {
  const sources = (await readdir(join(root, 'tars'))).filter((name) => name.endsWith('.tars'));
  expect(sources).toContain('statecast.tars');
  for (const name of sources) {
    const errors: string[] = [];
    const { tokens } = lex(await readFile(join(root, 'tars', name), 'utf8'), (_, error) =>
      errors.push(error),
    );
    expect(errors).toEqual([]);
    // The compiler for Go does not know it.
    expect(tokens.map(({ text }) => text)).not.toContain('routekey');
  }
});

test('src/tars/servants is generated from tars/*.tars', async () => {
  const sources = (await readdir(join(root, 'tars'))).filter((name) => name.endsWith('.tars'));
  const out = join(dir, 'servants');
  const result = await runTars2ts({
    files: sources.map((name) => join(root, 'tars', name)),
    out,
    runtime: '../runtime.ts',
    ext: '.ts',
  });
  expect(result.stderr).toBe('');
  for (const name of await readdir(out)) {
    const generated = await readFile(join(out, name), 'utf8');
    expect(await readFile(join(root, 'src', 'tars', 'servants', name), 'utf8'), 'run npm run tars').toBe(
      generated,
    );
  }
});
