/** The page `docs/benchmarks.md`: the results as tables, and how they were measured. */

import { toMarkdownTable, toNotes, toTable } from './format.ts';
import type { Machine, Results, ScenarioResult } from './results.ts';

export const CHART_FILE = 'benchmarks.svg';
export const CHART_TITLE = 'Throughput: ×1 is that of what it is compared to';

export function toPage({ command, date, machine, scenarios }: Results): string {
  return `# Benchmarks

<!-- Made by \`npm run bench -- --update-docs\`. The text is in bench/results/page.ts. -->

\`${command}\`, on ${date.slice(0, 10)}: ${describeMachine(machine)}.

![Bars of the ratios below](${CHART_FILE})

All scenarios run on one machine over loopback. The server is one process; the load generator is another one. It uses
raw sockets, encodes each frame once, and counts received frames without reading them. Every delivery and every
answer is counted; a missing one fails the measurement.

In each round all servers are started again and are measured after a warm-up. Where possible, they are then measured in
turns of short slices, so that a change of the machine's speed affects all of them; the others rest meanwhile. A value
is the median of the rounds. A ratio is the median of the ratios of the rounds. *Spread* is half of the difference
between the highest and the lowest round. Values depend on the machine; ratios can be compared between machines.

The *floor* is [\`bench/floor.ts\`](../bench/floor.ts): a server written by hand with uWebSockets.js, with the same
protocol, answers and limits, and nothing else. When a member sends several messages at a time, it makes more system
calls than Statecast ([0014](decisions/0014-a-speakers-own-copy.md)). In each room at most one member speaks; where
several do, [0024](decisions/0024-speakers-gather.md) has figures. Over the Centrifuge protocol it is
[\`bench/contenders/centrifuge-floor.ts\`](../bench/contenders/centrifuge-floor.ts). The servers for \`ws\` and Socket.IO are written
in the usual way (\`bench/contenders/\`). TARS is an RPC framework; a *servant* is one of its services.

*Busy* is the processor time of the server and of the load generator, in cores. *Steady* latencies are of messages
that are sent at a fixed rate, from the time when a message was due until each of its deliveries; *sent late* is how
late the load generator sent it.

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
