/**
 * Reads vitest's JSON reports and prints `N passed, N failed`: `npx tsx scripts/test-summary.ts report.json …`.
 * It exits with 1 when a test failed, or when one of the runs ran nothing.
 */

import { readFileSync } from 'node:fs';

/** The used part of a report. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const paths = process.argv.slice(2);
if (paths.length === 0) throw new Error('which reports? give the paths of JSON files');
const runs = paths.map((path) => {
  const report = readReport(path);
  return {
    passed: report?.numPassedTests ?? 0,
    failed: (report?.numFailedTests ?? 0) + countBrokenFiles(report),
  };
});
const passed = runs.reduce((sum, run) => sum + run.passed, 0);
const failed = runs.reduce((sum, run) => sum + run.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && runs.every((run) => run.passed > 0) ? 0 : 1;

/** Returns undefined when the run ended before it wrote its report. */
function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch (error) {
    process.stderr.write(`no report: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

/** A file that cannot be loaded, or whose hooks failed, is failed without a failed test. */
function countBrokenFiles(read: Report | undefined): number {
  const isBroken = ({ status, assertionResults }: Report['testResults'][number]): boolean =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  return read?.testResults.filter(isBroken).length ?? 0;
}
