/**
 * Reads vitest's JSON report and prints `N passed, N failed`: `npx tsx scripts/test-summary.ts report.json`.
 * It exits with 1 when a test failed or nothing ran.
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

const report = readReport(process.argv[2]);
const passed = report?.numPassedTests ?? 0;
const failed = (report?.numFailedTests ?? 0) + countBrokenFiles(report);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

/** Returns undefined when the run ended before it wrote its report. */
function readReport(path: string | undefined): Report | undefined {
  if (path === undefined) throw new Error('which report? give the path of a JSON file');
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
