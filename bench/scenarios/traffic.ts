/** Messages to rooms and to everybody, as fast as possible and at a steady rate. */

import { besideOthers, statecast, statecastOnWs } from '../contender.ts';
import { costFigures, LATENCY_FIGURES, MACHINE_FIGURES, toCosts, toLatencies } from '../figures.ts';
import type { TrafficJob } from '../load/jobs.ts';
import { measure } from '../measure.ts';
import { compare, timed, type Scenario } from '../scenario.ts';

/** The length of a message without its command. */
export const MESSAGE_BYTES = 64;
/** How long messages are sent at a steady rate, in milliseconds. */
export const STEADY_MS = 1_000;

export type Load = Pick<TrafficJob, 'rooms' | 'membersPerRoom' | 'speech' | 'window' | 'isBursty'>;

interface TrafficScenario {
  readonly name: string;
  readonly title: string;
  readonly load: Load;
  readonly per: 'delivery' | 'message';
  readonly budget?: number;
  readonly rounds: number;
  /** The rate of the steady load in messages a second, low enough for every server. */
  readonly steadyRate?: number;
}

/** 200 rooms of 5. */
export const ROOMS_LOAD: Load = {
  rooms: 200,
  membersPerRoom: 5,
  speech: { to: 'room', bytes: MESSAGE_BYTES },
  window: 8,
};

/** One room of 1,000. */
export const FANOUT_LOAD: Load = { ...ROOMS_LOAD, rooms: 1, membersPerRoom: 1_000, window: 16 };

/** Each speaks to itself. */
export const INGRESS_LOAD: Load = { ...ROOMS_LOAD, membersPerRoom: 1, window: 16 };

export const fanout = defineTraffic({
  name: 'fanout',
  title: 'one room of 1,000 members, one of them speaks',
  load: FANOUT_LOAD,
  per: 'delivery',
  budget: 0.97,
  rounds: 5,
  steadyRate: 40,
});

export const rooms = defineTraffic({
  name: 'rooms',
  title: '200 rooms of 5 members, one in each speaks',
  load: ROOMS_LOAD,
  per: 'delivery',
  budget: 0.95,
  rounds: 5,
  steadyRate: 5_000,
});

export const ingress = defineTraffic({
  name: 'ingress',
  title: '200 rooms of one member, who speaks: what comes in counts',
  load: INGRESS_LOAD,
  per: 'message',
  budget: 0.92,
  rounds: 5,
  steadyRate: 10_000,
});

export const broadcast = defineTraffic({
  name: 'broadcast',
  title: 'broadcast to 5,000 connections, one of them speaks',
  load: {
    rooms: 1,
    membersPerRoom: 5_000,
    speech: { to: 'everybody', bytes: MESSAGE_BYTES },
    window: 4,
  },
  per: 'delivery',
  rounds: 3,
});

function defineTraffic({ load, per, steadyRate, ...about }: TrafficScenario): Scenario {
  const steady = steadyRate === undefined ? {} : { steady: { perSecond: steadyRate, ms: STEADY_MS } };
  return {
    ...about,
    figures: [...costFigures(per), ...MACHINE_FIGURES, ...(steadyRate === undefined ? [] : LATENCY_FIGURES)],
    variants: (setup) =>
      compare(besideOthers(statecast(setup.dist), statecastOnWs(setup.dist)), async (contender, giveWay) => {
        const measured = await measure(
          contender,
          'traffic',
          (target) => ({ ...timed(load, setup), ...steady, target }),
          { resting: giveWay },
        );
        return { ...toCosts(measured, per), ...toLatencies(measured.result) };
      }),
  };
}
