/** How the cost of one operation grows with the number of rooms and members. Ten times as many may cost ten times as much, not more. */

import { floor, statecast, type Contender } from '../contender.ts';
import { measure } from '../measure.ts';
import type { Figure, Sample } from '../results/results.ts';
import { timed, type Scenario, type Setup, type Variant } from '../scenario.ts';
import type { GiveWay } from '../turns.ts';

const SIZES = [10, 100, 1_000, 10_000];
/** These are many measurements, so each is shorter than others. The warm-up is not. */
const SHARE_OF_TIME = 0.5;
const MESSAGE_BYTES = 64;

/** The server's processor time for one operation, in microseconds. */
type Cost = (contender: Contender, setup: Setup, giveWay: GiveWay) => Promise<number>;

/** The costs by what grows. */
const COSTS: Readonly<Record<string, (size: number) => Cost>> = {
  'message, by members of its room': (size) => messageCost({ rooms: 1, membersPerRoom: size }),
  'message, by rooms of one': (size) => messageCost({ rooms: size, membersPerRoom: 1 }),
  'join + leave, by members of the room': (size) => visitCost({ rooms: 1, residentsPerRoom: size }),
  'join + leave, by rooms of one': (size) => visitCost({ rooms: size, residentsPerRoom: 1 }),
};

export const growth: Scenario = {
  name: 'growth',
  title: 'server CPU for one message, and for one join with its leave, as members and rooms grow',
  rounds: 1,
  figures: [
    { key: 'steepest', title: 'steepest step', unit: 'times', better: 'less' },
    ...SIZES.map((size): Figure => ({
      key: String(size),
      title: size.toLocaleString('en'),
      unit: 'micros',
      better: 'less',
    })),
  ],
  variants: (setup) =>
    Object.entries(COSTS).flatMap(([what, costAt]) =>
      [floor, statecast(setup.dist)].map((contender): Variant => ({
        name: `${what}: ${contender.name}`,
        isOurs: contender.isOurs,
        comparedTo: `${what}: ${floor.name}`,
        measure: (giveWay) => measureSizes(costAt, contender, setup, giveWay),
      })),
    ),
};

async function measureSizes(
  costAt: (size: number) => Cost,
  contender: Contender,
  setup: Setup,
  giveWay: GiveWay,
): Promise<Sample> {
  const sample: Record<string, number> = {};
  const costs: number[] = [];
  for (const size of SIZES) {
    const micros = await costAt(size)(contender, shortened(setup), giveWay);
    sample[size] = micros;
    costs.push(micros);
  }
  const steps = costs.slice(1).map((micros, index) => micros / (costs[index] ?? micros));
  return { ...sample, steepest: Math.max(...steps) };
}

function shortened(setup: Setup): Setup {
  return { ...setup, measureMs: setup.measureMs * SHARE_OF_TIME };
}

function messageCost(load: { readonly rooms: number; readonly membersPerRoom: number }): Cost {
  return async (contender, setup, giveWay) => {
    const { result } = await measure(
      contender,
      'traffic',
      (target) => ({
        ...timed(load, setup),
        speech: { to: 'room', bytes: MESSAGE_BYTES },
        // Several messages at a time would share system calls, especially in small rooms.
        window: 1,
        target,
      }),
      { resting: giveWay },
    );
    // Deliveries are counted, because a message to many members takes longer than a slice.
    return (result.serverCpuMicros / result.deliveries) * load.membersPerRoom;
  };
}

function visitCost(load: { readonly rooms: number; readonly residentsPerRoom: number }): Cost {
  return async (contender, setup, giveWay) => {
    const { result } = await measure(
      contender,
      'churn',
      (target) => ({ ...timed({ ...load, clients: 10, window: 4 }, setup), target }),
      { resting: giveWay },
    );
    return result.serverCpuMicros / result.done;
  };
}
