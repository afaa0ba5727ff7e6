/** The charts of all machines, asked for once each. */

import type { Chart } from '../../../src/inspect/chart/chart.ts';
import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import type { FeedClient } from '../feed/feed.ts';

export type Charts = ReadonlyMap<MachineName, Chart>;

export class ChartStore {
  readonly #client: Pick<FeedClient, 'ask' | 'subscribe' | 'state'>;
  readonly #listeners = new Set<() => void>();
  readonly #wanted = new Set<MachineName>();
  #charts: Charts = new Map();

  constructor(client: Pick<FeedClient, 'ask' | 'subscribe' | 'state'>) {
    this.#client = client;
    client.subscribe(() => {
      if (client.state.name === 'ready') for (const machine of this.#wanted) void this.#ask(machine);
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getView = (): Charts => this.#charts;

  /** Asks for a chart, now or with the next link, unless it is here. */
  want(machine: MachineName): void {
    if (this.#charts.has(machine) || this.#wanted.has(machine)) return;
    this.#wanted.add(machine);
    void this.#ask(machine);
  }

  async #ask(machine: MachineName): Promise<void> {
    const outcome = await this.#client.ask({ type: 'chart', machine });
    if (outcome.type !== 'answered') return;
    this.#wanted.delete(machine);
    this.#charts = new Map(this.#charts).set(machine, outcome.answer.chart);
    for (const listener of this.#listeners) listener();
  }
}
