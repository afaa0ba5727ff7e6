/** The results of benchmarks as plain data, as `--json` writes them, and how rounds are put together. */

export type Unit = 'perSecond' | 'micros' | 'millis' | 'kilobytes' | 'megabytes' | 'share' | 'times';

export interface Figure {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
  /** Missing where neither is. */
  readonly better?: 'more' | 'less';
}

/** Of one measurement: values by the keys of figures. */
export type Sample = Readonly<Record<string, number>>;

/** What rounds came to. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface FigureResult {
  readonly value: Spread;
  /** Divided, round by round, by the same of the variant it is compared to. */
  readonly ratio?: Spread;
}

export interface VariantResult {
  readonly name: string;
  readonly isOurs: boolean;
  /** What its ratios are multiples of; its own name for none. */
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
  /** What went wrong in a measurement, which then counts for nothing. */
  readonly failures: readonly string[];
  /** Why it was not measured at all. */
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
  /** How to get them again. */
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

/** How far rounds lie apart: half of that, as a share of the median. */
export function noiseOf({ median, low, high }: Spread): number {
  return median === 0 ? 0 : (high - low) / 2 / Math.abs(median);
}

/** The samples of a variant by round; a round that failed has none. */
export type Rounds = readonly (Sample | undefined)[];

/** Puts the rounds of a variant together, and beside those of the variant that it is compared to. */
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
