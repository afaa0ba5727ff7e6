/** What `statecast tars2ts` writes, in a project of its own that only depends on `statecast`: it runs and type-checks. */

import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runProcess } from '../support/start-process.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

const WEATHER = `#include "shared/base.tars"
module Weather
{
    const long BIG = -5;
    const string TEXT = "it's";
    const bool YES = true;
    enum Sky { clear, cloudy = 5 };
    const Sky USUAL = cloudy;
    struct Day
    {
        0 require string name;
        1 optional Sky sky = cloudy;
        2 optional vector<Day> hours;
        3 optional map<string, Base::Method> methods;
    };
    key[Day, name, sky];
    struct Connected { 0 require int a; };
    interface Forecast
    {
        int ask(string city, out vector<Day> days);
        void reset();
    };
    interface Nothing_ { };
};
`;
const BASE = 'module Base { struct Method { 0 require int a; }; };';

/** Uses everything that is generated, with types if it is TypeScript. */
const MAIN = `import { BIG, Connected, connectForecast, Day, ForecastObject, keyOfDay, serveForecast, Sky, TEXT, USUAL, YES } from './out/weather';
const servant = {
  async ask({ city }) {
    const methods = new Map([['m', { a: 7 }]]);
    return { ret: BIG, days: [{ name: city, hours: [{ name: TEXT, sky: Sky.clear }], methods }] };
  },
  async reset() {},
};
const { address, close } = await serveForecast('tcp -h 127.0.0.1 -p 0', servant);
const connected = connectForecast({ endpoint: \`tcp -h 127.0.0.1 -p \${address.port}\` });
const { ret, days } = await connected.proxy.ask({ city: 'Oslo' });
await connected.proxy.reset();
connected.close();
await close();
const [day] = days;
const copy = Day.decode(Day.encode(day));
const is = [keyOfDay(copy) === keyOfDay(day), copy.sky === USUAL, YES, Connected.decode(Connected.encode({ a: 1 })).a];
console.log(ForecastObject, ret, day.name, day.hours[0].name, day.methods.get('m').a, ...is);
`;
const PRINTED = "Weather.Server.ForecastObj -5 Oslo it's 7 true true true 1\n";

/** The same with the types that strict TypeScript asks for. */
const TYPED_MAIN = MAIN.replace(
  'serveForecast, ',
  'serveForecast, type ForecastServant, type ForecastAskArgs, ',
)
  .replace('const servant =', 'const servant: ForecastServant =')
  .replace('ask({ city })', 'ask({ city }: ForecastAskArgs)')
  .replace('const [day] = days;', 'const day = days[0]!;')
  .replace('day.hours[0].name', 'day.hours[0]!.name')
  .replace("day.methods.get('m').a", "day.methods.get('m')!.a");

async function makeProject(flags: readonly string[]): Promise<string> {
  const dir = await makeTempDir();
  await writeFile(join(dir, 'package.json'), '{ "name": "own", "type": "module" }\n');
  await mkdir(join(dir, 'node_modules', '@types'), { recursive: true });
  await symlink(root, join(dir, 'node_modules', 'statecast'));
  await symlink(join(root, 'node_modules/@types/node'), join(dir, 'node_modules/@types/node'));
  await mkdir(join(dir, 'idl', 'shared'), { recursive: true });
  await writeFile(join(dir, 'weather.tars'), WEATHER);
  await writeFile(join(dir, 'idl', 'shared', 'base.tars'), BASE);
  const compiled = await runProcess([
    'tars2ts',
    join(dir, 'weather.tars'),
    `--out=${join(dir, 'out')}`,
    `--include=${join(dir, 'idl')}`,
    '--object=Forecast=Weather.Server.ForecastObj',
    ...flags,
  ]);
  expect(compiled).toMatchObject({ code: 0, stderr: '' });
  return dir;
}

/** Type-checks the project with the strictest settings, its declarations too. */
async function check(dir: string, options: object): Promise<string> {
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    skipLibCheck: false,
    ...options,
  };
  await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', 'out'] }));
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const result = await run(tsc, ['-p', dir]).catch((error: { stdout: string }) => error);
  return result.stdout;
}

test('JavaScript runs as it is, and its declarations are strict', async () => {
  const dir = await makeProject(['--js']);
  expect((await readdir(join(dir, 'out'))).sort()).toEqual([
    'base.d.ts',
    'base.js',
    'weather.d.ts',
    'weather.js',
  ]);
  await writeFile(join(dir, 'main.js'), MAIN.replace("'./out/weather'", "'./out/weather.js'"));
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: dir });
  expect(stdout).toBe(PRINTED);
  await writeFile(join(dir, 'main.ts'), TYPED_MAIN.replace("'./out/weather'", "'./out/weather.js'"));
  expect(await check(dir, { noEmit: true })).toBe('');
});

test('TypeScript is compiled and runs: its imports end with .js', async () => {
  const dir = await makeProject([]);
  await writeFile(join(dir, 'main.ts'), TYPED_MAIN.replace("'./out/weather'", "'./out/weather.js'"));
  expect(await check(dir, { outDir: 'dist', rootDir: '.' })).toBe('');
  const { stdout } = await run(process.execPath, ['dist/main.js'], { cwd: dir });
  expect(stdout).toBe(PRINTED);
});

test.each([
  ['.ts', './out/weather.ts', { allowImportingTsExtensions: true }],
  ['none', './out/weather', { module: 'esnext', moduleResolution: 'bundler' }],
])('TypeScript with imports that end with %s is strict', async (ending, path, options) => {
  const dir = await makeProject(['--ext', ending]);
  expect(await readFile(join(dir, 'out', 'weather.ts'), 'utf8')).toContain(
    `from './base${ending === 'none' ? '' : ending}'`,
  );
  await writeFile(join(dir, 'main.ts'), TYPED_MAIN.replace("'./out/weather'", `'${path}'`));
  expect(await check(dir, { noEmit: true, ...options })).toBe('');
});

test('JavaScript and its declarations are formatted like this project', async () => {
  const dir = await makeProject(['--js']);
  const out = join(dir, 'out');
  await copyFile(join(root, '.oxfmtrc.json'), join(out, '.oxfmtrc.json'));
  const files = (await readdir(out)).filter((name) => name.endsWith('s'));
  const read = () => Promise.all(files.map((name) => readFile(join(out, name), 'utf8')));
  const before = await read();
  await run(join(root, 'node_modules', '.bin', 'oxfmt'), files, { cwd: out });
  expect(await read()).toEqual(before);
});

test('JavaScript has one ending of imports', async () => {
  const { code, stderr } = await runProcess([
    'tars2ts',
    'tars/hello.tars',
    '--out',
    'out',
    '--js',
    '--ext',
    '.ts',
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain("option '--js' cannot be used with option '--ext <ending>'");
});
