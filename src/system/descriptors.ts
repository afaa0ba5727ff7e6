/** How many files and sockets this process may have open at a time, and how many it has. Nothing native is needed. */

import { readdirSync, readFileSync } from 'node:fs';

const LIMITS_FILE = '/proc/self/limits';
/** On Linux and on macOS. */
const OPEN_DIRECTORY = '/dev/fd';

export interface Descriptors {
  /** The limit of this process; `Infinity` when there is none. */
  readonly limit: number;
  readonly used: number;
}

/** Undefined where the limit cannot be known, as on Windows. */
export function readDescriptors(): Descriptors | undefined {
  const limit = process.platform === 'linux' ? readLinuxLimit() : readReportedLimit();
  return limit === undefined ? undefined : { limit, used: countOpen() };
}

/** The soft limit of "Max open files", in the format of `/proc/self/limits`. Undefined when the text has none. */
export function parseDescriptorLimit(limits: string): number | undefined {
  return toLimit(/^Max open files +(\w+)/m.exec(limits)?.[1]);
}

function readLinuxLimit(): number | undefined {
  try {
    return parseDescriptorLimit(readFileSync(LIMITS_FILE, 'utf8'));
  } catch {
    // Some containers have no /proc.
    return readReportedLimit();
  }
}

interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft: string | number } };
}

/** The diagnostic report has the limits on every system that knows them. It takes some milliseconds. */
function readReportedLimit(): number | undefined {
  // The types have no report for systems that cannot make one.
  const report = process.report?.getReport() as Report | string | undefined;
  const parsed = typeof report === 'string' ? (JSON.parse(report) as Report) : report;
  return toLimit(parsed?.userLimits?.open_files?.soft);
}

function toLimit(text: string | number | undefined): number | undefined {
  if (text === 'unlimited') return Infinity;
  const limit = Number(text);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}

function countOpen(): number {
  try {
    return readdirSync(OPEN_DIRECTORY).length;
  } catch {
    return 0;
  }
}
