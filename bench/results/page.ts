/** The page `docs/benchmarks.md`: results as tables, with how they were got. */

import { toMarkdownTable, toNotes, toTable } from './format.ts';
import type { Machine, Results, ScenarioResult } from './results.ts';

export const CHART_FILE = 'benchmarks.svg';
export const CHART_TITLE = 'Throughput: ×1 is that of what it is compared to';

export function toPage({ command, date, machine, scenarios }: Results): string {
  return `# Benchmarks

<!-- Made by \`npm run bench -- --update-docs\`. The text is in bench/results/page.ts. -->

\`${command}\`, on ${date.slice(0, 10)}: ${describeMachine(machine)}.

![Bars of the ratios below](${CHART_FILE})

All scenarios run on one machine over loopback: the server in one process, and a load generator of our own in
another, on raw sockets, which makes frames once and counts what comes in without reading it. Every delivery and
every answer is counted; a missing one fails the measurement. In each round all contenders are started anew, and are
measured when they have worked for a while. Where that can be done they then take turns, each for several short slices, so
that a change of the machine's mood meets all of them; the others rest meanwhile. A value is the median of the rounds; a
ratio is the median of the ratios of each round. *Spread* is half of how far the rounds lie apart. Values belong to the
machine; ratios can be compared.

The *floor* is [\`bench/floor.ts\`](../bench/floor.ts): uWebSockets.js by hand, with the same protocol, answers and
limits, and nothing else; where members say several things at a time, it makes more system calls than Statecast
([0014](decisions/0014-a-speakers-own-copy.md)). \`ws\` and Socket.IO are used as one would write it
(\`bench/contenders/\`). *Busy* is the processor time of the server and of the load generator, in cores. *Steady*
latencies are those of messages that are sent at a fixed rate, counted from when each was due to each of its
deliveries; *sent late* is how late the load generator was.

${scenarios.map(toSection).join('\n')}`;
}

function toSection(scenario: ScenarioResult): string {
  const { name, title, rounds, notServed } = scenario;
  const head = `## ${name}\n\n${title[0]?.toUpperCase() ?? ''}${title.slice(1)}${rounds > 1 ? `; ${rounds} rounds` : ''}.\n`;
  const table = notServed === undefined ? `\n${toMarkdownTable(toTable(scenario))}` : '';
  const notes = toNotes(scenario).map((note) => `\n${note}\n`);
  return [head, table, ...notes].join('');
}

export function describeMachine({ cores, processor, memoryGiB, node, kernel }: Machine): string {
  return `${cores} cores (${processor}), ${memoryGiB} GiB, Linux ${kernel}, Node.js ${node}`;
}
