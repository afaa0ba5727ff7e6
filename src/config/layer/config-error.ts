/** The problems of a configuration, as data and as a readable error. */

export interface ConfigProblem {
  /** The setting: `limits.messageBytes`. `(all)` for a file as a whole, `(unknown)` for a variable of no setting. */
  readonly path: string;
  /** The given value as JSON, shortened; `(set)` for a secret, `(not shown)` for a value that might be a misplaced one. */
  readonly given: string;
  /** What is allowed. */
  readonly allowed: string;
  /** Where it was given: `file data.json`, `environment STATECAST_PORT`, `flag --port`. */
  readonly source?: string;
}

/** The configuration cannot be used; `problems` lists everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}

function formatProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const header = { path: 'setting', given: 'given', source: 'from', allowed: 'allowed' };
  const rows: readonly ConfigProblem[] = [header, ...problems];
  const pathWidth = widthOf(rows.map(({ path }) => path));
  const givenWidth = widthOf(rows.map(({ given }) => given));
  const isSourced = problems.some(({ source }) => source !== undefined);
  const sourceWidth = widthOf(rows.map(({ source }) => source ?? ''));
  const lines = rows.map(({ path, given, source = '', allowed }) => {
    const from = isSourced ? `${source.padEnd(sourceWidth)}  ` : '';
    return `  ${path.padEnd(pathWidth)}  ${given.padEnd(givenWidth)}  ${from}${allowed}`;
  });
  return [`the configuration has ${count}`, ...lines].join('\n');
}

function widthOf(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
