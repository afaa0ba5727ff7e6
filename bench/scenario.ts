/** The types of a scenario: variants that are measured in turns, and their figures. */

import type { Contender } from './contender.ts';
import type { Figure, Sample } from './results/results.ts';
import type { GiveWay } from './turns.ts';

/** The options of the command line for measuring. */
export interface Setup {
  /** The folder of the measured build. */
  readonly dist: string;
  /** How long a server works under load before the measurement, in milliseconds of its processor time. */
  readonly warmUpMs: number;
  /** How long is measured, in milliseconds. */
  readonly measureMs: number;
  /** The rounds of every scenario. Default: those of the scenario, up to `maxRounds`. */
  readonly rounds?: number;
  readonly maxRounds: number;
}

export interface Variant {
  readonly name: string;
  /** Whether it is Statecast, so that getting worse is a regression. */
  readonly isOurs: boolean;
  /** The variant that its figures are divided by; its own name for none. */
  readonly comparedTo: string;
  /** Measures once, with its own processes. Other variants are measured when it gives way. */
  measure(giveWay: GiveWay): Promise<Sample>;
}

/** Why a scenario cannot be measured. */
export interface NotServed {
  readonly notServed: string;
}

export interface Scenario {
  readonly name: string;
  /** One line that describes the load. */
  readonly title: string;
  /** The first figure is the main one. */
  readonly figures: readonly Figure[];
  /** How often each variant is measured. */
  readonly rounds: number;
  /** The least ratio of our first figure. */
  readonly budget?: number;
  variants(setup: Setup): readonly Variant[] | NotServed | Promise<readonly Variant[] | NotServed>;
}

/** A variant for each server, all compared to the first one. */
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

/** Slices are short, so that the speed of the machine is mostly the same for all servers in one turn. */
export const SLICES = 4;
/**
 * After a rest, a connection starts with a small congestion window again (RFC 5681, section 4.1), and other processes have
 * used the processor's caches.
 */
export const RUN_IN_MS = 300;

/** A load with the times from the command line. */
export function timed<Load extends object>(load: Load, { warmUpMs, measureMs }: Setup) {
  return { ...load, warmUpMs, runInMs: RUN_IN_MS, measureMs, slices: SLICES };
}
