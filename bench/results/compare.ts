/** Compares ratios with those of an earlier run. Ratios are comparable between machines, values are not. */

import { noiseOf, type Figure, type Results, type ScenarioResult } from './results.ts';

/** The least noise that is assumed: a few rounds may agree by chance. */
const LEAST_NOISE = 0.03;

export interface BaselineRatio {
  readonly ratio: number;
  /** Half of the difference between its rounds, as a share. */
  readonly noise: number;
}

/** By `scenario/variant/figure`. */
export type Ratios = Readonly<Record<string, BaselineRatio>>;

export interface Baseline {
  readonly date: string;
  readonly machine: string;
  readonly ratios: Ratios;
}

export interface Change {
  readonly key: string;
  readonly before: number;
  readonly now: number;
  /** By how much it is worse, as a share of before; negative when it is better. */
  readonly worseBy: number;
  /** The noise of both runs together. */
  readonly noise: number;
  readonly verdict: 'worse' | 'better' | 'same';
}

export function toBaseline({ date, machine, scenarios }: Results): Baseline {
  return {
    date,
    machine: `${machine.cores} cores, Node.js ${machine.node}`,
    ratios: Object.fromEntries(scenarios.flatMap(ratiosOf)),
  };
}

/** Compares the ratios that both runs have. */
export function compare(baseline: Baseline, results: Results): Change[] {
  const directions = new Map(results.scenarios.flatMap(directionsOf));
  return Object.entries(toBaseline(results).ratios).flatMap(([key, { ratio: now, noise: noiseNow }]) => {
    const before = baseline.ratios[key];
    if (before === undefined) return [];
    const change = now / before.ratio - 1;
    const worseBy = directions.get(key) === 'less' ? change : -change;
    const noise = Math.max(LEAST_NOISE, before.noise + noiseNow);
    const verdict = worseBy > noise ? 'worse' : worseBy < -noise ? 'better' : 'same';
    return [{ key, before: before.ratio, now, worseBy, noise, verdict } as const];
  });
}

/** The ratios of our variants, for figures that can be better or worse. */
function ratiosOf({ name, figures, variants }: ScenarioResult): [string, BaselineRatio][] {
  return variants
    .filter(({ isOurs }) => isOurs)
    .flatMap((variant) =>
      figures
        .filter(({ better }) => better !== undefined)
        .flatMap(({ key }): [string, BaselineRatio][] => {
          const ratio = variant.figures[key]?.ratio;
          if (ratio === undefined) return [];
          return [[`${name}/${variant.name}/${key}`, { ratio: ratio.median, noise: noiseOf(ratio) }]];
        }),
    );
}

function directionsOf({ name, figures, variants }: ScenarioResult): [string, Figure['better']][] {
  return variants.flatMap((variant) =>
    figures.map(({ key, better }): [string, Figure['better']] => [`${name}/${variant.name}/${key}`, better]),
  );
}
