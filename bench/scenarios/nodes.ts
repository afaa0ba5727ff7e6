/** The same traffic in one process, with two workers of a machine, and with two nodes on Redis. */

import {
  statecastCentrifuge,
  statecastHistory,
  statecastNodes,
  statecastWorkers,
  type Contender,
} from '../contender.ts';
import { costFigures, LATENCY_FIGURES, MACHINE_FIGURES, toCosts, toLatencies } from '../figures.ts';
import type { Span } from '../load/jobs.ts';
import type { Target } from '../load/wire-client.ts';
import { measure } from '../measure.ts';
import { hasRedis } from '../redis-process.ts';
import type { Figure, Sample } from '../results/results.ts';
import { compare, timed, type NotServed, type Scenario, type Setup, type Variant } from '../scenario.ts';
import type { GiveWay } from '../turns.ts';
import { FANOUT_LOAD, ROOMS_LOAD, STEADY_MS, type Load } from './traffic.ts';

const REDIS_FIGURES: readonly Figure[] = [
  { key: 'redisCost', title: 'Redis CPU/message', unit: 'micros', better: 'less' },
];

interface NodesScenario extends Pick<Scenario, 'name' | 'title' | 'rounds' | 'budget'> {
  readonly load: Load;
  readonly steadyRate: number;
  readonly hasHistory: boolean;
}

export const nodesRooms = defineNodes({
  name: 'nodes',
  title: '200 rooms of 5 members, one in each speaks: one process, workers, nodes',
  load: { ...ROOMS_LOAD, window: 4 },
  steadyRate: 4_000,
  rounds: 3,
  budget: 0.5,
  hasHistory: false,
});

export const nodesHistory = defineNodes({
  name: 'nodes-history',
  title: 'the same, with a history of each room',
  load: { ...ROOMS_LOAD, window: 4 },
  steadyRate: 4_000,
  rounds: 3,
  budget: 0.5,
  hasHistory: true,
});

export const nodesFanout = defineNodes({
  name: 'nodes-fanout',
  title: 'one room of 1,000 members, one of them speaks: one process, workers, nodes',
  load: FANOUT_LOAD,
  steadyRate: 40,
  rounds: 3,
  hasHistory: false,
});

export const nodesStorm: Scenario = {
  name: 'nodes-storm',
  title: '2,000 members lose their connections at once, connect again and join their rooms of 100',
  rounds: 3,
  figures: [
    { key: 'back', title: 'all back after', unit: 'millis', better: 'less' },
    ...costFigures('reconnect'),
    ...MACHINE_FIGURES,
  ],
  variants: async (setup) =>
    compareNodes(setup, false, async (contender) => {
      const job = { clients: 2_000, rooms: 20 };
      const measured = await measure(contender, 'storm', (target) => ({ ...job, target }));
      return { ...toCosts(measured, 'reconnect'), back: measured.result.seconds * 1_000 };
    }),
};

export const nodesChurn: Scenario = {
  name: 'nodes-churn',
  title: '100 clients join and leave 20 rooms, each 8 times at once: one process, workers, nodes',
  rounds: 3,
  figures: [...costFigures('pair'), ...MACHINE_FIGURES, ...REDIS_FIGURES],
  variants: async (setup) =>
    compareNodes(setup, false, async (contender, giveWay) => {
      const load = { clients: 100, rooms: 20, residentsPerRoom: 1, window: 8 };
      const measured = await measure(
        contender,
        'churn',
        (target) => ({ ...timed(load, setup), ...toBackend(target), target }),
        { resting: giveWay },
      );
      return { ...toCosts(measured, 'pair'), redisCost: toRedisCost(measured.result) };
    }),
};

function defineNodes({ load, steadyRate, hasHistory, ...about }: NodesScenario): Scenario {
  const steady = { perSecond: steadyRate, ms: STEADY_MS };
  return {
    ...about,
    figures: [...costFigures('delivery'), ...MACHINE_FIGURES, ...LATENCY_FIGURES, ...REDIS_FIGURES],
    variants: async (setup) =>
      compareNodes(setup, hasHistory, async (contender, giveWay) => {
        const measured = await measure(
          contender,
          'traffic',
          (target) => ({ ...timed(load, setup), ...toBackend(target), steady, target }),
          { resting: giveWay },
        );
        return {
          ...toCosts(measured, 'delivery'),
          ...toLatencies(measured.result),
          redisCost: toRedisCost(measured.result),
        };
      }),
  };
}

/** One process first, which the others are compared to. */
function compareNodes(
  { dist }: Setup,
  hasHistory: boolean,
  measureOne: (contender: Contender, giveWay: GiveWay) => Promise<Sample>,
): readonly Variant[] | NotServed {
  if (!hasRedis()) return { notServed: 'there is no redis-server' };
  const single = hasHistory ? statecastHistory(dist) : statecastCentrifuge(dist);
  const contenders = [
    { ...single, name: 'one process' },
    statecastWorkers(dist, 2, hasHistory),
    statecastNodes(dist, 1, hasHistory),
    statecastNodes(dist, 2, hasHistory),
  ] as const;
  return compare(contenders, measureOne);
}

/** Redis is the process behind the nodes. */
function toBackend({ backendPid }: Target): { readonly backendPid?: number } {
  return backendPid === undefined ? {} : { backendPid };
}

function toRedisCost({ backendCpuMicros, done }: Span): number {
  return backendCpuMicros / done;
}
