/** Reads the text format of Prometheus. */

export interface ReadSample {
  /** The name of the metric, without `_bucket`, `_sum` or `_count` where it is a histogram. */
  readonly metric: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** @throws {Error} for a line that is none of the format, or whose metric was not declared before it. */
export function readSamples(text: string): ReadSample[] {
  const types = new Map<string, string>();
  return text.split('\n').flatMap((line) => {
    const [, declared, type] = /^# TYPE (\S+) (\w+)$/.exec(line) ?? [];
    if (declared !== undefined && type !== undefined) types.set(declared, type);
    if (line === '' || line.startsWith('# ')) return [];
    const [, name = '', labels = '', value = ''] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
    const base = name.replace(/_(?:bucket|sum|count)$/, '');
    const metric = types.get(base) === 'histogram' ? base : name;
    if (!types.has(metric)) throw new Error(`this is not declared: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    return [
      {
        metric,
        name,
        labels: Object.fromEntries(pairs.map(([, label = '', text = '']) => [label, text])),
        value: Number(value),
      },
    ];
  });
}

/** The names of all metrics of a text. */
export function namesOf(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) \w+$/gm)].map(([, name = '']) => name);
}

/** The sum of the samples with a name that have these labels; undefined if there is none. */
export function valueOf(
  samples: readonly ReadSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
