import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { runTars2ts, type Tars2tsOptions } from './tars2ts.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tars2ts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function compile(
  files: Readonly<Record<string, string>>,
  options: Partial<Tars2tsOptions> = {},
): Promise<Readonly<Record<string, string>>> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  const out = join(dir, 'out');
  const { stderr, written } = await runTars2ts({
    files: Object.keys(files).map((name) => join(dir, name)),
    out,
    ...options,
  });
  expect(stderr).toBe('');
  const texts = await Promise.all(
    written.map(async (path) => [path.slice(out.length + 1), await readFile(path, 'utf8')]),
  );
  return Object.fromEntries(texts) as Record<string, string>;
}

const HELLO = 'module M { interface I { int f(long a); }; };';

describe('the generated module', () => {
  test('is equal to the snapshot', async () => {
    const source = `
/** Weather. */
module Weather
{
    /** What the sky is like. */
    enum Sky { clear, cloudy = 5, rainy };

    const int DAYS = 7;

    /** One day's weather. */
    struct Day
    {
        0 require string name;     // as people say it
        2 optional Sky sky = cloudy;
        1 require vector<float> temperatures;
        3 optional map<string, vector<byte>> images;
        4 optional vector<Day> hours;
    };
    key[Day, name, sky];

    interface Forecast
    {
        /**
         * Tells the weather.
         * @param city where
         * @param days the weather, day by day
         * @return 0, or 1 for an unknown city
         */
        int ask(routekey string city, out vector<Day> days);
        void reset();
    };
};`;
    const { 'weather.ts': text } = await compile({ 'weather.tars': source });
    await expect(text).toMatchFileSnapshot('snapshots/weather.ts.txt');
  });

  test('has proxies or servants alone when told so', async () => {
    const { 'a.ts': client } = await compile({ 'a.tars': HELLO }, { client: true });
    expect(client).toContain('createIProxy');
    expect(client).not.toMatch(/Servant|Adapter/);
    const { 'a.ts': server } = await compile({ 'a.tars': HELLO }, { server: true });
    expect(server).toContain('createIAdapter');
    expect(server).not.toMatch(/Proxy|Caller/);
    const { 'a.ts': both } = await compile({ 'a.tars': HELLO }, { client: true, server: true });
    expect(both).toBe((await compile({ 'a.tars': HELLO }))['a.ts']);
  });

  test.each([
    ['number', 'a: number;', 't.long)'],
    ['string', 'a: string;', 't.longString)'],
    ['bigint', 'a: bigint;', 't.longBigint)'],
  ] as const)('has a long as %s', async (long, property, codec) => {
    const { 'a.ts': text } = await compile({ 'a.tars': HELLO }, { long });
    expect(text).toContain(property);
    expect(text).toContain(codec);
  });

  test('imports the given run-time module', async () => {
    expect((await compile({ 'a.tars': HELLO }))['a.ts']).toContain("} from 'statecast/tars';");
    expect((await compile({ 'a.tars': HELLO }, { runtime: '../x.ts' }))['a.ts']).toContain(
      "} from '../x.ts';",
    );
  });

  test('names the object that serves the interface, and calls and serves it', async () => {
    const { 'a.ts': text } = await compile({ 'a.tars': HELLO }, { object: ['App.Server.Obj'] });
    expect(text).toContain("export const IObject = 'App.Server.Obj';");
    expect(text).toContain('export function connectI(options?: ConnectOptions): Connected<IProxy> {');
    expect(text).toContain('export function serveI(endpoint: string, servant: IServant');
    const client = await compile({ 'a.tars': HELLO }, { object: ['I=App.Server.Obj'], client: true });
    expect(client['a.ts']).not.toContain('serveI');
    const server = await compile({ 'a.tars': HELLO }, { object: ['M.I=App.Server.Obj'], server: true });
    expect(server['a.ts']).not.toContain('connectI');
  });

  test('has the same bytes every time, wherever its file lies', async () => {
    const [first, second] = [await compile({ 'a.tars': HELLO }), await compile({ 'deep/er/a.tars': HELLO })];
    expect(second['a.ts']).toBe(first['a.ts']);
  });
});

describe('the files', () => {
  const base = 'module B { struct S { 0 require int a; }; };';

  test('that are included are compiled as well, once', async () => {
    const outputs = await compile({
      'a.tars': '#include "lib/b.tars"\nmodule A { struct T { 0 require B::S s; }; };',
      'lib/b.tars': base,
    });
    expect(Object.keys(outputs).sort()).toEqual(['a.ts', 'b.ts']);
    expect(outputs['a.ts']).toContain("import { S } from './b.js';");
  });

  test('are found in the given directories, the first of them that has it, but first beside the file', async () => {
    const include = [join(dir, 'none'), join(dir, 'one'), join(dir, 'two')];
    const outputs = await compile(
      {
        'a.tars':
          '#include "b.tars"\n#include "c.tars"\nmodule A { struct T { 0 require B::S s; 1 require C::S c; }; };',
        'c.tars': 'module C { struct S { 0 require int beside; }; };',
        'one/b.tars': 'module B { struct S { 0 require int first; }; };',
        'two/b.tars': 'module B { struct S { 0 require int second; }; };',
        'two/c.tars': 'module C { struct S { 0 require int elsewhere; }; };',
      },
      { include, files: [join(dir, 'a.tars')] },
    );
    expect(outputs['b.ts']).toContain('first: number');
    expect(outputs['c.ts']).toContain('beside: number');
  });

  test('of one name keep their directories', async () => {
    const outputs = await compile({
      'one/b.tars': base,
      'two/b.tars': base,
      'a.tars': '#include "two/b.tars"\nmodule A { struct S { 0 require B::S s; }; };',
    });
    expect(Object.keys(outputs).sort()).toEqual(['a.ts', 'one/b.ts', 'two/b.ts']);
    expect(outputs['a.ts']).toContain("import { S as B_S } from './two/b.js';");
  });

  test('are all written or none, and no drafts are left', async () => {
    await compile({ 'a.tars': HELLO });
    const before = await readFile(join(dir, 'out', 'a.ts'), 'utf8');
    await writeFile(join(dir, 'a.tars'), HELLO.replace('int f', 'void f'));
    await writeFile(join(dir, 'b.tars'), 'module B { nonsense };');
    const files = [join(dir, 'a.tars'), join(dir, 'b.tars')];
    const { exitCode } = await runTars2ts({ files, out: join(dir, 'out') });
    expect(exitCode).toBe(1);
    expect(await readFile(join(dir, 'out', 'a.ts'), 'utf8')).toBe(before);
    expect(await readdir(join(dir, 'out'))).toEqual(['a.ts']);
  });

  test.each([{}, { js: true }])(
    'take the place of older ones, but of no other file, with %o',
    async (options) => {
      const input = join(dir, `${'a-long-name-'.repeat(10)}.tars`);
      await writeFile(input, HELLO);
      const out = join(dir, 'out');
      const first = await runTars2ts({ files: [input], out, ...options });
      expect(await runTars2ts({ files: [input], out, ...options })).toEqual(first);
      expect(first.exitCode).toBe(0);
      const last = first.written.at(-1) ?? '';
      await writeFile(last, 'export const mine = 1;');
      await writeFile(input, HELLO.replace('int f', 'void f'));
      const others = await Promise.all(first.written.slice(0, -1).map((path) => readFile(path, 'utf8')));
      expect(await runTars2ts({ files: [input], out, ...options })).toEqual({
        exitCode: 1,
        stderr: `error: ${last} is there already, and tars2ts did not write it: move it away\nNothing was written.\n`,
        written: [],
      });
      expect(await readFile(last, 'utf8')).toBe('export const mine = 1;');
      const left = await Promise.all(first.written.slice(0, -1).map((path) => readFile(path, 'utf8')));
      expect(left).toEqual(others);
      expect((await readdir(out)).length).toBe(first.written.length);
    },
  );

  test('that cannot be written are told', async () => {
    await writeFile(join(dir, 'a.tars'), HELLO);
    await writeFile(join(dir, 'out'), 'a file, not a directory');
    const result = await runTars2ts({ files: [join(dir, 'a.tars')], out: join(dir, 'out') });
    expect(result).toMatchObject({ exitCode: 1, written: [] });
    expect(result.stderr).toMatch(/^error: cannot write to /);
  });
});
