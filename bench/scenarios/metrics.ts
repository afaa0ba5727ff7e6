/** The cost of the metrics: turned off, counted but not read, and read each second. */

import { statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts, type Per } from '../figures.ts';
import { measure } from '../measure.ts';
import { timed, type Scenario, type Setup, type Variant } from '../scenario.ts';
import type { Load } from './traffic.ts';
import { FANOUT_LOAD, INGRESS_LOAD, ROOMS_LOAD } from './traffic.ts';

const OFF = 'turned off';
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
      defineVariant(setup, { load, per }, OFF, OFF_SETTINGS, false),
      defineVariant(setup, { load, per }, 'counted', ON_SETTINGS, false),
      defineVariant(setup, { load, per }, 'read each second', ON_SETTINGS, true),
    ],
  };
}

function defineVariant(
  setup: Setup,
  { load, per }: Pick<Subject, 'load' | 'per'>,
  name: string,
  settings: Readonly<Record<string, string>>,
  isRead: boolean,
): Variant {
  return {
    name,
    isOurs: true,
    comparedTo: OFF,
    async measure(giveWay) {
      let reader: Reader | undefined;
      try {
        const measured = await measure(
          statecast(setup.dist, name, settings),
          'traffic',
          (target) => ({ ...timed(load, setup), target }),
          {
            resting: giveWay,
            async standing({ target }) {
              if (isRead) reader = await openReader(target.port);
            },
          },
        );
        return toCosts(measured, per);
      } finally {
        reader?.close();
      }
    },
  };
}

interface Reader {
  close(): void;
}

/** Reads the metrics again and again. Rejects where there are none. */
async function openReader(port: number): Promise<Reader> {
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
