/** The same traffic in one process, with two workers of a machine, and with two nodes on Redis. */

import {
  statecast,
  statecastHistory,
  statecastNodes,
  statecastWorkers,
  type Contender,
} from '../contender.ts';
import { costFigures, LATENCY_FIGURES, MACHINE_FIGURES, toCosts, toLatencies } from '../figures.ts';
import { measure } from '../measure.ts';
import { hasRedis } from '../redis-process.ts';
import type { Figure } from '../results/results.ts';
import { compare, timed, type Scenario } from '../scenario.ts';
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

function defineNodes({ load, steadyRate, hasHistory, ...about }: NodesScenario): Scenario {
  const steady = { perSecond: steadyRate, ms: STEADY_MS };
  return {
    ...about,
    figures: [...costFigures('delivery'), ...MACHINE_FIGURES, ...LATENCY_FIGURES, ...REDIS_FIGURES],
    async variants(setup) {
      if (!hasRedis()) return { notServed: 'there is no redis-server' };
      const { dist } = setup;
      const single: Contender = hasHistory
        ? statecastHistory(dist)
        : statecast(dist, 'one process', {}, 'centrifuge');
      const contenders: readonly [Contender, ...Contender[]] = [
        single,
        statecastWorkers(dist, 2, hasHistory),
        statecastNodes(dist, 1, hasHistory),
        statecastNodes(dist, 2, hasHistory),
      ];
      return compare(contenders, async (contender, giveWay) => {
        const measured = await measure(
          contender,
          'traffic',
          (target) => ({
            ...timed(load, setup),
            steady,
            target,
            ...(target.backendPid !== undefined && { backendPid: target.backendPid }),
          }),
          { resting: giveWay },
        );
        const { backendCpuMicros, done } = measured.result;
        return {
          ...toCosts(measured, 'delivery'),
          ...toLatencies(measured.result),
          redisCost: backendCpuMicros / done,
        };
      });
    },
  };
}
