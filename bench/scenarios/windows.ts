/**
 * 200 rooms of 5 members by the messages of a speaker on their way, over both protocols: the fewer, the more turns of the
 * event loop for the same messages. Once more with a load generator of another kind, which shares no code with the first.
 */

import { centrifugeFloor, floor, statecast, statecastCentrifuge, type Contender } from '../contender.ts';
import { costFigures, MACHINE_FIGURES } from '../figures.ts';
import { hasCompiler, measureNative } from '../native/native-load.ts';
import type { Sample } from '../results/results.ts';
import type { Scenario, Setup, Variant } from '../scenario.ts';
import type { GiveWay } from '../turns.ts';
import { measureLoad } from './centrifuge.ts';
import { MESSAGE_BYTES, ROOMS_LOAD } from './traffic.ts';

const WINDOWS = [1, 2, 4, 8, 16];

type Pair = (setup: Setup) => readonly [base: Contender, ours: Contender];
type Measure = (contender: Contender, window: number, setup: Setup, giveWay: GiveWay) => Promise<Sample>;

const line: Pair = ({ dist }) => [floor, statecast(dist)];
const centrifuge: Pair = ({ dist }) => [centrifugeFloor, statecastCentrifuge(dist)];

const byOurs: Measure = (contender, window, setup, giveWay) =>
  measureLoad(contender, { ...ROOMS_LOAD, window }, 'delivery', setup, giveWay);

/** All its messages are sent at once, when all members have the ones before. */
const byBursts: Measure = (contender, window, setup, giveWay) =>
  measureLoad(contender, { ...ROOMS_LOAD, window, isBursty: true }, 'delivery', setup, giveWay);

const byNative: Measure = (contender, window, setup, giveWay) => {
  const { rooms, membersPerRoom } = ROOMS_LOAD;
  return measureNative(contender, { rooms, membersPerRoom, window, bytes: MESSAGE_BYTES }, setup, giveWay);
};

const WHAT = '200 rooms of 5 members, by the messages of a speaker on their way';

export const windows: readonly Scenario[] = [
  defineWindows('windows', WHAT, line, byOurs),
  defineWindows('windows-bursty', `${WHAT}, sent all at once`, line, byBursts),
  defineWindows('windows-native', `${WHAT}, by a load generator in C`, line, byNative),
  defineWindows('centrifuge-windows', `over the Centrifuge protocol: ${WHAT}`, centrifuge, byOurs),
  defineWindows(
    'centrifuge-windows-native',
    `over the Centrifuge protocol: ${WHAT}, by a load generator in C`,
    centrifuge,
    byNative,
  ),
];

function defineWindows(name: string, title: string, pair: Pair, measure: Measure): Scenario {
  return {
    name,
    title,
    rounds: 3,
    figures: [...costFigures('delivery'), ...MACHINE_FIGURES.slice(0, measure === byNative ? 2 : 3)],
    variants: (setup) =>
      measure === byNative && !hasCompiler()
        ? { notServed: 'there is no C compiler (cc)' }
        : WINDOWS.flatMap((window) => {
            const [base, ours] = pair(setup);
            const nameOf = ({ name }: Contender): string => `${name}, ${window}`;
            return [base, ours].map((contender): Variant => ({
              name: nameOf(contender),
              isOurs: contender.isOurs,
              comparedTo: nameOf(base),
              measure: (giveWay) => measure(contender, window, setup, giveWay),
            }));
          }),
  };
}
