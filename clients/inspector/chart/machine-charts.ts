/** The charts of the machines, each requested once. */

import type { Chart } from '../../../src/inspect/chart/chart.ts';
import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import type { FeedClient } from '../feed/feed.ts';
import { ViewStore } from '../ui/view-store.ts';

export type Charts = ReadonlyMap<MachineName, Chart>;

export class MachineCharts extends ViewStore<Charts> {
  readonly #client: Pick<FeedClient, 'ask' | 'subscribe' | 'state'>;
  readonly #wanted = new Set<MachineName>();

  constructor(client: Pick<FeedClient, 'ask' | 'subscribe' | 'state'>) {
    super(new Map());
    this.#client = client;
    client.subscribe(() => {
      if (client.state.name === 'ready') for (const machine of this.#wanted) void this.#ask(machine);
    });
  }

  /** Requests a chart, now or with the next link, unless it is loaded. */
  want(machine: MachineName): void {
    if (this.getView().has(machine) || this.#wanted.has(machine)) return;
    this.#wanted.add(machine);
    void this.#ask(machine);
  }

  async #ask(machine: MachineName): Promise<void> {
    const outcome = await this.#client.ask({ type: 'chart', machine });
    if (outcome.type !== 'answered') return;
    this.#wanted.delete(machine);
    this.show(new Map(this.getView()).set(machine, outcome.answer.chart));
  }
}
