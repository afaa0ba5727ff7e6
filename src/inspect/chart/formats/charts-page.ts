/** The page `docs/statecharts.md`: every machine with its diagram, its states and its transitions. */

import type { Chart, ChartState, ChartTransition, StatePath } from '../chart.ts';
import { toMermaid } from './to-mermaid.ts';
import { describeTrigger } from '../transition-text.ts';

const INTRODUCTION = `# Statecharts

<!-- Made by \`statecast charts --docs > docs/statecharts.md\` from the machines themselves. -->

These are the machines that run the server, read from the code. [architecture.md](architecture.md) tells how they
work together. \`statecast charts --out DIR\` writes each of them as a picture (SVG), as a Mermaid diagram and as
JSON that XState and Stately's editor read.

A state is named by its path: \`open.work.ready\` is \`ready\` in \`work\` in \`open\`. The children of a parallel state are
its regions, which are active at the same time. In the diagrams, regions have dashed lines around them. The box
\`(any of these)\` shows the transitions of the state itself: they are taken in any of its children.

In the tables, a transition without a target does not change the states. If a state has several transitions for the same
event, the first whose condition is true is taken. The transitions of a state come before those of the states around it.
\`always\` is taken as soon as its condition is true. \`after X\` is taken when the state has been active for the delay X.
\`X done\` and \`X failed\` are taken when the work X, which the state runs, has ended. \`done\` is taken when the state has
reached a final child.

A state with a time in the column \`at most\` should not last for longer. An actor that is in it for longer is told as stuck:
[monitoring.md](monitoring.md#states-that-last-too-long).
`;

/** Renders the page; `statecast charts --docs` prints it. */
export function renderChartsPage(charts: readonly Chart[]): string {
  return [INTRODUCTION, ...charts.map(renderChart)].join('\n');
}

function renderChart(chart: Chart): string {
  const { machine, root, transitions } = chart;
  const states = statesOf(root);
  return `## ${machine}

${root.description}

\`\`\`mermaid
${toMermaid(chart)}\`\`\`

${renderTable(
  ['state', 'kind', 'meaning', 'at most', 'does'],
  states.map((state) => toStateRow(state, machine)),
)}
${renderTable(
  ['in', 'on', 'if', 'goes to', 'does'],
  transitions.map((transition) => toTransitionRow(transition, machine)),
)}`;
}

function toStateRow(state: ChartState, machine: string): string[] {
  const { path, description, entry, exit, invokes, maxSeconds } = state;
  const does = [
    ...(invokes.length > 0 ? [`runs ${toCode(invokes)}`] : []),
    ...(entry.length > 0 ? [`on entry ${toCode(entry)}`] : []),
    ...(exit.length > 0 ? [`on exit ${toCode(exit)}`] : []),
  ];
  const atMost = maxSeconds === undefined ? '' : `${maxSeconds} s`;
  return [toName(path, machine), toKind(state), description, atMost, does.join('; ')];
}

function toTransitionRow(
  { source, trigger, guard, targets, actions, reenter }: ChartTransition,
  machine: string,
): string[] {
  return [
    toName(source, machine),
    toCode([describeTrigger(trigger)]),
    guard === undefined ? '' : toCode([guard]),
    targets.map((target) => toName(target, machine)).join(', ') + (reenter ? ', which is entered again' : ''),
    toCode(actions),
  ];
}

function toKind({ type, states, initial }: ChartState): string {
  if (type === 'parallel') return 'parallel';
  if (type === 'final') return 'final';
  const first = states.find(({ path }) => path === initial);
  return first === undefined ? '' : `begins with \`${first.key}\``;
}

function toName(path: StatePath, machine: string): string {
  return path === '' ? `(${machine})` : toCode([path]);
}

function toCode(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const divider = header.map(() => '---');
  return [header, divider, ...rows].map(renderRow).join('');
}

function renderRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function statesOf(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(statesOf)];
}
