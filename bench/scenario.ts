/** What a scenario is: variants that are measured in turn, and the figures that each of them yields. */

import type { Contender } from './contender.ts';
import type { Figure, Sample } from './results/results.ts';
import type { GiveWay } from './turns.ts';

/** What the command line says of how to measure. */
export interface Setup {
  /** The folder of the build that is measured. */
  readonly dist: string;
  /** How long a server works under load before it counts, in milliseconds of its processor time. */
  readonly warmUpMs: number;
  /** How long it counts. */
  readonly measureMs: number;
  /** Rounds of every scenario; missing: as each of them says, up to `maxRounds`. */
  readonly rounds?: number;
  readonly maxRounds: number;
}

export interface Variant {
  readonly name: string;
  /** Whether it is ours, so that its getting worse is a regression. */
  readonly isOurs: boolean;
  /** The variant that its figures are divided by; its own name for none. */
  readonly comparedTo: string;
  /** Measures once, with processes of its own. The other variants go on whenever it gives way. */
  measure(giveWay: GiveWay): Promise<Sample>;
}

/** Why a scenario cannot be measured. */
export interface NotServed {
  readonly notServed: string;
}

export interface Scenario {
  readonly name: string;
  /** What is done, in a line. */
  readonly title: string;
  /** The first one is what the scenario is about. */
  readonly figures: readonly Figure[];
  /** How often each variant is measured, in turn with the others. */
  readonly rounds: number;
  /** What our ratio of the first figure should be. */
  readonly budget?: number;
  variants(setup: Setup): readonly Variant[] | Promise<readonly Variant[] | NotServed>;
}

/** A variant for each of these servers, all compared to the first of them. */
export function compare(
  contenders: readonly [Contender, ...Contender[]],
  measure: (contender: Contender, giveWay: GiveWay) => Promise<Sample>,
): Variant[] {
  return contenders.map((contender) => ({
    name: contender.name,
    isOurs: contender.isOurs,
    comparedTo: contenders[0].name,
    measure: (giveWay) => measure(contender, giveWay),
  }));
}

/** Each is so short that the machine is most often in one mood for all whose turn it is in a row. */
const SLICES = 4;
/**
 * A connection that has rested begins with a small window again (RFC 5681, section 4.1), and others have used the
 * processor's caches in between.
 */
const RUN_IN_MS = 300;

/** A load with the times that the command line asks for. */
export function timed<Load extends object>(load: Load, { warmUpMs, measureMs }: Setup) {
  return { ...load, warmUpMs, runInMs: RUN_IN_MS, measureMs, slices: SLICES };
}
