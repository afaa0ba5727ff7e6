/**
 * Runs a scenario: measures its variants in turns, round by round and, if they give way, several times in a round, so that
 * a change of the machine's speed affects all of them.
 */

import { summarize, type Sample, type ScenarioResult } from './results/results.ts';
import type { NotServed, Scenario, Setup, Variant } from './scenario.ts';
import { Turns, type GiveWay } from './turns.ts';

/** A scenario, and the variants that can be measured with this machine and build. */
export interface Prepared {
  readonly scenario: Scenario;
  readonly variants: readonly Variant[] | NotServed;
  readonly rounds: number;
  /** The number of measurements. */
  readonly measurements: number;
}

export async function prepareScenario(scenario: Scenario, setup: Setup): Promise<Prepared> {
  const variants = await scenario.variants(setup);
  const rounds = setup.rounds ?? Math.min(scenario.rounds, setup.maxRounds);
  return { scenario, variants, rounds, measurements: 'notServed' in variants ? 0 : variants.length * rounds };
}

export async function runScenario(
  { scenario, variants, rounds }: Prepared,
  measuring: (variant: string, round: number) => void,
): Promise<ScenarioResult> {
  const { name, title, figures, budget } = scenario;
  const about = { name, title, figures, rounds, ...(budget !== undefined && { budget }) };
  if ('notServed' in variants) return { ...about, ...variants, variants: [], failures: [] };

  const samples = new Map<string, (Sample | undefined)[]>(variants.map((variant) => [variant.name, []]));
  const failures: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const turns = new Turns();
    const measureOne = (variant: Variant): Promise<void> =>
      turns.run(async (giveWay) => {
        measuring(variant.name, round);
        samples.get(variant.name)?.push(await tryToMeasure(variant, giveWay, failures));
      });
    await Promise.all(rotate(variants, round).map(measureOne));
  }
  return {
    ...about,
    failures,
    variants: variants.map(({ name, isOurs, comparedTo }) => ({
      name,
      isOurs,
      comparedTo,
      figures: summarize(
        figures,
        samples.get(name) ?? [],
        comparedTo === name ? undefined : samples.get(comparedTo),
      ),
    })),
  };
}

/** A failed measurement is left out, so that the rest of a long run is not lost. */
async function tryToMeasure(
  variant: Variant,
  giveWay: GiveWay,
  failures: string[],
): Promise<Sample | undefined> {
  try {
    return await variant.measure(giveWay);
  } catch (error) {
    failures.push(`${variant.name}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Each round begins with another variant, so that none is always first. */
function rotate<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
