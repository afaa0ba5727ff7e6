/** The last line of a test run, made from the reports of vitest. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'statecast-summary-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Runs the script with the texts of reports; undefined is a missing report. */
function summarize(...reports: readonly (string | undefined)[]): Promise<{ code: number; stdout: string }> {
  const paths = reports.map((report, index) => {
    const path = join(directory, `report-${index}.json`);
    rmSync(path, { force: true });
    if (report !== undefined) writeFileSync(path, report);
    return path;
  });
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'scripts/test-summary.ts', ...paths],
      { cwd: ROOT },
      (error, stdout) => resolve({ code: Number(error?.code ?? 0), stdout }),
    );
  });
}

function report(passed: number, failed: number, files: readonly [status: string, tests: string[]][]): string {
  const testResults = files.map(([status, tests]) => ({
    status,
    assertionResults: tests.map((testStatus) => ({ status: testStatus })),
  }));
  return JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults });
}

test('a run in which every test has passed is a success', async () => {
  const given = report(2, 0, [['passed', ['passed', 'passed', 'skipped']]]);
  expect(await summarize(given)).toEqual({ code: 0, stdout: '2 passed, 0 failed\n' });
});

test('a failed test is counted once, with its file', async () => {
  const given = report(1, 1, [['failed', ['passed', 'failed']]]);
  expect(await summarize(given)).toEqual({ code: 1, stdout: '1 passed, 1 failed\n' });
});

test('a file that could not be loaded has failed', async () => {
  const given = report(1, 0, [
    ['passed', ['passed']],
    ['failed', []],
  ]);
  expect(await summarize(given)).toEqual({ code: 1, stdout: '1 passed, 1 failed\n' });
});

test.each([
  ['no test ran', report(0, 0, [])],
  ['the report is empty', ''],
  ['there is no report', undefined],
])('when %s, no result is printed', async (_, given) => {
  expect(await summarize(given)).toEqual({ code: 1, stdout: '0 passed, 0 failed\n' });
});

test('the runs of several reports are added', async () => {
  const first = report(2, 0, [['passed', ['passed', 'passed']]]);
  const second = report(1, 1, [['failed', ['passed', 'failed']]]);
  expect(await summarize(first, first)).toEqual({ code: 0, stdout: '4 passed, 0 failed\n' });
  expect(await summarize(first, second)).toEqual({ code: 1, stdout: '3 passed, 1 failed\n' });
});

test('a run of which nothing is reported has failed, whatever the others did', async () => {
  const first = report(2, 0, [['passed', ['passed', 'passed']]]);
  expect(await summarize(first, undefined)).toEqual({ code: 1, stdout: '2 passed, 0 failed\n' });
});
