/** The results of benchmarks as plain data, as `--json` writes them, and the summary of rounds. */

export type Unit = 'perSecond' | 'micros' | 'millis' | 'kilobytes' | 'megabytes' | 'share' | 'times';

export interface Figure {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
  /** Missing if neither is better. */
  readonly better?: 'more' | 'less';
}

/** The values of one measurement by the keys of figures. */
export type Sample = Readonly<Record<string, number>>;

/** The median, lowest and highest value of the rounds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface FigureResult {
  readonly value: Spread;
  /** Divided, round by round, by the value of the variant it is compared to. */
  readonly ratio?: Spread;
}

export interface VariantResult {
  readonly name: string;
  readonly isOurs: boolean;
  /** The variant that its values are divided by; its own name for none. */
  readonly comparedTo: string;
  readonly figures: Readonly<Record<string, FigureResult>>;
}

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly budget?: number;
  readonly rounds: number;
  readonly variants: readonly VariantResult[];
  /** The errors of failed measurements, which are left out. */
  readonly failures: readonly string[];
  /** Why the scenario was not measured. */
  readonly notServed?: string;
}

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly kernel: string;
}

export interface Results {
  /** The command that repeats the run. */
  readonly command: string;
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly scenarios: readonly ScenarioResult[];
}

/** @throws {RangeError} without values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined) throw new RangeError('there are no rounds');
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? low) + (sorted[Math.ceil(middle)] ?? high)) / 2;
  return { median, low, high };
}

/** Half of the difference between the rounds, as a share of the median. */
export function noiseOf({ median, low, high }: Spread): number {
  return median === 0 ? 0 : (high - low) / 2 / Math.abs(median);
}

/** The samples of a variant by round; undefined for a failed round. */
export type Rounds = readonly (Sample | undefined)[];

/** Summarizes the rounds of a variant, and their ratios to the variant it is compared to. */
export function summarize(
  figures: readonly Figure[],
  rounds: Rounds,
  reference: Rounds | undefined,
): Readonly<Record<string, FigureResult>> {
  const results: Record<string, FigureResult> = {};
  for (const { key } of figures) {
    const values = rounds.map((sample) => sample?.[key]);
    const told = values.filter((value) => value !== undefined);
    if (told.length === 0) continue;
    const ratios = values.flatMap((value, round) => {
      const other = reference?.[round]?.[key];
      return value === undefined || other === undefined || other === 0 ? [] : [value / other];
    });
    results[key] = { value: spreadOf(told), ...(ratios.length > 0 && { ratio: spreadOf(ratios) }) };
  }
  return results;
}
