/** `npm run bench`: measures scenarios, prints the results, and writes, compares or publishes them. */

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { readCommandLine, USAGE, type Options } from './command-line.ts';
import { endProcessesWithThis } from './processes.ts';
import { createProgress } from './progress.ts';
import { drawChart } from './results/chart.ts';
import { compare, toBaseline, type Baseline, type Change } from './results/compare.ts';
import { alignTable, formatPercent, formatRatio, toNotes, toTable } from './results/format.ts';
import { CHART_FILE, CHART_TITLE, describeMachine, toPage } from './results/page.ts';
import type { Machine, Results, ScenarioResult } from './results/results.ts';
import { prepareScenario, runScenario } from './run-scenario.ts';
import type { Setup } from './scenario.ts';
import { pickScenarios, SCENARIOS } from './scenarios/all.ts';

const EXIT_WORSE = 1;
const EXIT_BAD_USAGE = 2;

const FULL = { warmUpMs: 1_000, measureMs: 1_500, maxRounds: Infinity };
const QUICK = { warmUpMs: 500, measureMs: 700, maxRounds: 2 };

try {
  await run(readCommandLine(process.argv.slice(2)));
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = EXIT_BAD_USAGE;
}

async function run(options: Options): Promise<void> {
  if (options.help) {
    console.log(USAGE.replace('SCENARIOS', SCENARIOS.map(({ name }) => name).join(', ')));
    return;
  }
  const baseline = options.compares ? await readBaseline(options.baseline) : undefined;
  const results =
    options.from === undefined ? await measureAll(options) : await readJson<Results>(options.from);
  if (options.from !== undefined) for (const scenario of results.scenarios) print(scenario);
  if (options.json !== undefined) await writeJson(options.json, results);
  if (options.updatesBaseline) await writeJson(options.baseline, toBaseline(results));
  if (options.updatesDocs) await writeDocs(options.docs, results);
  const worse = baseline === undefined ? [] : printComparison(baseline, compare(baseline, results));
  const hasFailed = results.scenarios.some(({ failures }) => failures.length > 0);
  if (worse.length > 0 || hasFailed) process.exitCode = EXIT_WORSE;
}

async function measureAll(options: Options): Promise<Results> {
  if (process.platform !== 'linux') throw new Error('the benchmarks read /proc, and so need Linux');
  const scenarios = pickScenarios(options.only);
  const entry = join(options.dist, 'main.js');
  if (!existsSync(entry)) throw new Error(`there is no ${entry}: run npm run build, or name another --dist`);
  endProcessesWithThis();
  const setup: Setup = {
    ...(options.isQuick ? QUICK : FULL),
    ...(options.rounds !== undefined && { rounds: options.rounds }),
    dist: options.dist,
  };
  const machine = lookAtMachine();
  console.log(`${describeMachine(machine)}\n`);

  const prepared = await Promise.all(scenarios.map((scenario) => prepareScenario(scenario, setup)));
  const progress = createProgress(
    prepared.reduce((sum, { measurements }) => sum + measurements, 0),
    (text) => process.stderr.write(text),
    process.stderr.isTTY,
  );
  const measured: ScenarioResult[] = [];
  for (const each of prepared) {
    const result = await runScenario(each, (variant, round) =>
      progress.next(each.scenario.name, `${variant}, round ${round + 1}`),
    );
    progress.clear();
    print(result);
    measured.push(result);
  }
  const command = ['npm run bench', ...(process.argv.length > 2 ? ['--'] : []), ...process.argv.slice(2)];
  return { command: command.join(' '), date: new Date().toISOString(), machine, scenarios: measured };
}

function print(result: ScenarioResult): void {
  console.log(`${result.name}: ${result.title}`);
  if (result.notServed === undefined) process.stdout.write(alignTable(toTable(result)));
  for (const note of toNotes(result)) console.log(`  ${note}`);
  console.log();
}

/** Returns the regressions. */
function printComparison(baseline: Baseline, changes: readonly Change[]): Change[] {
  console.log(`compared with ${baseline.date.slice(0, 10)}, ${baseline.machine}:`);
  for (const { key, before, now, worseBy, noise, verdict } of changes) {
    if (verdict === 'same') continue;
    const by = `${formatPercent(Math.abs(worseBy))} ${verdict}`;
    console.log(
      `  ${key}: ${formatRatio(before)} → ${formatRatio(now)}, ${by} (noise ${formatPercent(noise)})`,
    );
  }
  const worse = changes.filter(({ verdict }) => verdict === 'worse');
  console.log(`  ${changes.length} ratios, ${worse.length} of them worse`);
  return worse;
}

async function writeDocs(directory: string, results: Results): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'benchmarks.md'), toPage(results));
  await writeFile(join(directory, CHART_FILE), drawChart(results.scenarios, CHART_TITLE));
}

function lookAtMachine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    kernel: release(),
  };
}

function readBaseline(file: string): Promise<Baseline> {
  if (!existsSync(file)) throw new Error(`there is no ${file}: --update-baseline makes it`);
  return readJson<Baseline>(file);
}

async function readJson<Content>(file: string): Promise<Content> {
  return JSON.parse(await readFile(file, 'utf8')) as Content;
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
