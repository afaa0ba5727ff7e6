/** Reads the command line of the benchmarks. */

import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [options]

  --only NAME[,NAME]   these scenarios, of: SCENARIOS
  --quick              short measurements and two rounds: for a first look only
  --rounds N           how often each contender is measured in a scenario
  --dist DIR           the build to measure (default: dist)
  --json FILE          write all results
  --from FILE          use results written by --json, and measure nothing
  --compare            compare with the baseline, and exit with 1 if something is worse beyond noise
  --update-baseline    write the ratios as the new baseline
  --baseline FILE      the baseline (default: bench/baseline.json)
  --update-docs        write benchmarks.md and benchmarks.svg
  --docs DIR           their directory (default: docs)
  --help
`;

export interface Options {
  readonly only: readonly string[] | undefined;
  readonly isQuick: boolean;
  readonly rounds: number | undefined;
  readonly dist: string;
  readonly json: string | undefined;
  readonly from: string | undefined;
  readonly compares: boolean;
  readonly updatesBaseline: boolean;
  readonly baseline: string;
  readonly updatesDocs: boolean;
  readonly docs: string;
  readonly help: boolean;
}

/** @throws {Error} for wrong arguments. */
export function readCommandLine(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      dist: { type: 'string', default: 'dist' },
      json: { type: 'string' },
      from: { type: 'string' },
      compare: { type: 'boolean', default: false },
      'update-baseline': { type: 'boolean', default: false },
      baseline: { type: 'string', default: 'bench/baseline.json' },
      'update-docs': { type: 'boolean', default: false },
      docs: { type: 'string', default: 'docs' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    only: values.only?.split(','),
    isQuick: values.quick,
    rounds: values.rounds === undefined ? undefined : readRounds(values.rounds),
    dist: values.dist,
    json: values.json,
    from: values.from,
    compares: values.compare,
    updatesBaseline: values['update-baseline'],
    baseline: values.baseline,
    updatesDocs: values['update-docs'],
    docs: values.docs,
    help: values.help,
  };
}

const MAX_ROUNDS = 50;

function readRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= MAX_ROUNDS) return rounds;
  throw new Error(`--rounds must be a whole number from 1 to ${MAX_ROUNDS}, and is ${text}`);
}
