/** The dashboard and the alerts of examples/monitoring name only what a running server tells. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeDashboard } from '../scripts/dashboard/dashboard.ts';
import { MACHINES } from '../src/actors/machines.ts';
import { listStatePaths } from '../src/actors/runtime/state-entries.ts';
import { describeChart } from '../src/inspect/chart/describe-chart.ts';
import { namesOf } from './support/prometheus.ts';
import { startServer } from './support/start-server.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

interface Panel {
  readonly panels?: readonly Panel[];
  readonly targets?: readonly { readonly expr: string }[];
}

const dashboard = read('examples/monitoring/statecast-dashboard.json');
const rules = (parse(read('examples/monitoring/statecast-rules.yml')) as Rules).groups.flatMap(
  (group) => group.rules,
);

function expressionsOf({ panels = [], targets = [] }: Panel): string[] {
  return [...targets.map(({ expr }) => expr), ...panels.flatMap(expressionsOf)];
}

const expressions = [...expressionsOf(JSON.parse(dashboard) as Panel), ...rules.map(({ expr }) => expr)];

test('the dashboard is the one that the charts make', () => {
  const charts = Object.values(MACHINES).map((machine) => describeChart(machine));
  expect(JSON.parse(dashboard)).toEqual(makeDashboard(charts));
});

test('each metric of the dashboard and of the alerts is told, and each of ours is shown', async () => {
  const { request } = await startServer();
  const told = new Set(namesOf((await request('/metrics')).body));
  const used = new Set(
    expressions
      .flatMap((expression) => expression.match(/\b(?:statecast|nodejs|process)_\w+/g) ?? [])
      .map((name) => (told.has(name) ? name : name.replace(/_bucket$/, ''))),
  );
  expect([...used].filter((name) => !told.has(name))).toEqual([]);
  expect([...told].filter((name) => name.startsWith('statecast_') && !used.has(name))).toEqual([]);
});

test('each state of an expression is one of its chart', () => {
  const named = expressions.flatMap((expression) =>
    Array.from(
      expression.matchAll(/machine="(\w+)", state=~?"([^"]+)"/g),
      ([, machine = '', states = '']) => ({ machine, states: states.split('|') }),
    ),
  );
  expect(named.length).toBeGreaterThan(Object.keys(MACHINES).length);
  for (const { machine, states } of named) {
    const known = listStatePaths(MACHINES[machine as keyof typeof MACHINES]);
    expect(states.filter((state) => !known.includes(state))).toEqual([]);
  }
});

test('docs/monitoring.md tells of each alert', () => {
  const page = read('docs/monitoring.md');
  expect(rules.map(({ alert }) => alert).filter((alert) => !page.includes(`| \`${alert}\` |`))).toEqual([]);
});
