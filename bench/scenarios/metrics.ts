/** The cost of the metrics: turned off, counted but not read, and read each second. */

import { costFigures, MACHINE_FIGURES, type Per } from '../figures.ts';
import type { Scenario } from '../scenario.ts';
import { observedVariant, OFF, type Look } from './observed.ts';
import type { Load } from './traffic.ts';
import { FANOUT_LOAD, INGRESS_LOAD, ROOMS_LOAD } from './traffic.ts';

const OFF_SETTINGS = { STATECAST_METRICS_ENABLED: 'false' };
const ON_SETTINGS = { STATECAST_METRICS_ENABLED: 'true' };

/** Fifteen times as often as Prometheus usually reads. */
const READ_MS = 1_000;

interface Subject {
  readonly name: string;
  readonly title: string;
  readonly load: Load;
  readonly per: Per & ('delivery' | 'message');
}

export const metrics: readonly Scenario[] = [
  define({
    name: 'metrics-fanout',
    title: 'one room of 1,000 members, with and without metrics',
    load: FANOUT_LOAD,
    per: 'delivery',
  }),
  define({
    name: 'metrics-rooms',
    title: '200 rooms of 5 members, with and without metrics',
    load: ROOMS_LOAD,
    per: 'delivery',
  }),
  define({
    name: 'metrics-ingress',
    title: '200 rooms of one member, with and without metrics',
    load: INGRESS_LOAD,
    per: 'message',
  }),
];

function define({ name, title, load, per }: Subject): Scenario {
  return {
    name,
    title,
    rounds: 3,
    figures: [...costFigures(per), ...MACHINE_FIGURES],
    variants: async (setup) => [
      observedVariant(setup, { name: OFF, settings: OFF_SETTINGS, load, per }),
      observedVariant(setup, { name: 'counted', settings: ON_SETTINGS, load, per }),
      observedVariant(setup, {
        name: 'read each second',
        settings: ON_SETTINGS,
        load,
        per,
        look: openReader,
      }),
    ],
  };
}

/** Reads the metrics again and again. Rejects where there are none. */
async function openReader(port: number): Promise<Look> {
  async function read(): Promise<void> {
    const { status } = await fetch(`http://127.0.0.1:${port}/metrics`).then(async (response) => {
      await response.text();
      return response;
    });
    if (status !== 200) throw new Error(`the metrics were refused with ${status}`);
  }
  await read();
  // The server may have ended before the reader.
  const timer = setInterval(() => void read().catch(() => undefined), READ_MS);
  return { close: () => clearInterval(timer) };
}
