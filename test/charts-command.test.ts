import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { ALL_CHARTS } from '../src/cli/all-charts.ts';
import { describeChart } from '../src/inspect/chart/describe-chart.ts';
import { runCharts } from '../src/cli/charts.ts';

const NAMES = ALL_CHARTS.map(({ machine }) => machine);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'charts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('every machine is written as a picture, a diagram and a configuration, and each file is printed', async () => {
  const out = join(dir, 'new', 'charts');
  const { exitCode, stdout, stderr } = await runCharts({ out });
  expect([exitCode, stderr]).toEqual([0, '']);
  const files = NAMES.flatMap((name) => ['svg', 'mmd', 'json'].map((suffix) => `${name}.${suffix}`));
  expect(stdout).toBe(files.map((file) => `${join(out, file)}\n`).join(''));
  expect((await readdir(out)).sort()).toEqual(files.toSorted());
  for (const name of NAMES) {
    const [svg, diagram, json] = await Promise.all(
      ['svg', 'mmd', 'json'].map((suffix) => readFile(join(out, `${name}.${suffix}`), 'utf8')),
    );
    expect(svg).toContain(`<title id="${name}-title">The statechart of ${name}</title>`);
    expect(diagram).toMatch(/^stateDiagram-v2\n/);
    const machine = createMachine(JSON.parse(json ?? '') as Parameters<typeof createMachine>[0]);
    expect(describeChart(machine).machine).toBe(name);
  }
});

test('only the given formats are written', async () => {
  const { stdout } = await runCharts({ out: dir, format: 'json, mermaid' });
  expect(stdout.trim().split('\n')).toHaveLength(2 * NAMES.length);
  expect((await readdir(dir)).filter((file) => file.endsWith('.svg'))).toEqual([]);
});

test('nothing is written if pictures are wanted and the layouts of this version are missing', async () => {
  const refused = {
    exitCode: 1,
    stdout: '',
    stderr:
      'error: pictures need the layouts of this version: run npm run build, or leave svg out of --format\n',
  };
  const layouts = join(dir, 'layouts.json');
  const out = join(dir, 'out');
  expect(await runCharts({ out }, layouts)).toEqual(refused);
  await writeFile(layouts, JSON.stringify({ room: { chart: {}, layout: {} } }));
  expect(await runCharts({ out, format: 'svg' }, layouts)).toEqual(refused);
  expect(await readdir(dir)).toEqual(['layouts.json']);
  expect((await runCharts({ out, format: 'json' }, layouts)).exitCode).toBe(0);
});

test('a wrong command line gives an error that says what to do', async () => {
  expect(await runCharts({})).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'error: say where to write: statecast charts --out DIR\n',
  });
  expect(await runCharts({ out: dir, format: 'svg,png' })).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: "error: there is no format 'png', only svg, mermaid, json\n",
  });
  expect(await readdir(dir)).toEqual([]);
});

test('a directory that cannot be written to gives an error with the reason', async () => {
  await writeFile(join(dir, 'file'), '');
  const { exitCode, stdout, stderr } = await runCharts({ out: join(dir, 'file'), format: 'json' });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^error: cannot write to .*file: EEXIST/);
});
