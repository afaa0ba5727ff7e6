/** The traffic scenarios over the Centrifuge protocol: windows, and rooms that keep a history. */

import {
  centrifugeFloor,
  historyFloor,
  statecastCentrifuge,
  statecastHistory,
  type Contender,
} from '../contender.ts';
import { costFigures, LATENCY_FIGURES, MACHINE_FIGURES, toCosts, toLatencies, type Per } from '../figures.ts';
import { measure } from '../measure.ts';
import type { Sample } from '../results/results.ts';
import { compare, timed, type Scenario, type Setup } from '../scenario.ts';
import type { GiveWay } from '../turns.ts';
import { FANOUT_LOAD, INGRESS_LOAD, ROOMS_LOAD, STEADY_MS, type Load } from './traffic.ts';

interface CentrifugeScenario {
  readonly name: string;
  readonly title: string;
  readonly load: Load;
  readonly per: Per;
  readonly steadyRate: number;
}

export const centrifugeFanout = defineTraffic({
  name: 'centrifuge-fanout',
  title: 'over the Centrifuge protocol: one room of 1,000 members, one of them speaks',
  load: FANOUT_LOAD,
  per: 'delivery',
  steadyRate: 40,
});

export const centrifugeRooms = defineTraffic({
  name: 'centrifuge-rooms',
  title: 'over the Centrifuge protocol: 200 rooms of 5 members, one in each speaks',
  load: ROOMS_LOAD,
  per: 'delivery',
  steadyRate: 5_000,
});

export const centrifugeIngress = defineTraffic({
  name: 'centrifuge-ingress',
  title: 'over the Centrifuge protocol: 200 rooms of one member, who speaks',
  load: INGRESS_LOAD,
  per: 'message',
  steadyRate: 10_000,
});

/** What it costs that rooms keep publications. */
export const centrifugeHistory: Scenario = {
  name: 'centrifuge-history',
  title:
    '200 rooms of 5 members that keep 100 publications and let clients recover, against rooms that keep nothing',
  rounds: 3,
  budget: 0.85,
  figures: [...costFigures('delivery'), ...MACHINE_FIGURES],
  variants: (setup) => {
    const without = statecastCentrifuge(setup.dist);
    return [
      ...compare([without, statecastHistory(setup.dist)], (contender, giveWay) =>
        measureLoad(contender, ROOMS_LOAD, 'delivery', setup, giveWay),
      ),
      ...compare([historyFloor], (contender, giveWay) =>
        measureLoad(contender, ROOMS_LOAD, 'delivery', setup, giveWay),
      ).map((variant) => ({ ...variant, comparedTo: without.name })),
    ];
  },
};

function defineTraffic({ load, per, steadyRate, ...about }: CentrifugeScenario): Scenario {
  return {
    ...about,
    rounds: 3,
    budget: 0.9,
    figures: [...costFigures(per), ...MACHINE_FIGURES, ...LATENCY_FIGURES],
    variants: (setup) =>
      compare([centrifugeFloor, statecastCentrifuge(setup.dist)], (contender, giveWay) =>
        measureLoad(contender, load, per, setup, giveWay, steadyRate),
      ),
  };
}

/** Measures a traffic load once. */
export async function measureLoad(
  contender: Contender,
  load: Load,
  per: Per,
  setup: Setup,
  giveWay: GiveWay,
  steadyRate?: number,
): Promise<Sample> {
  const steady = steadyRate === undefined ? {} : { steady: { perSecond: steadyRate, ms: STEADY_MS } };
  const measured = await measure(
    contender,
    'traffic',
    (target) => ({ ...timed(load, setup), ...steady, target }),
    { resting: giveWay },
  );
  return { ...toCosts(measured, per), ...toLatencies(measured.result) };
}
