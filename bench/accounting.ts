/** Reads the processor time and the memory of a process from /proc, so it needs Linux. */

import { readdirSync, readFileSync } from 'node:fs';

/** The unit of /proc/PID/stat, which is the same for all programs on Linux. */
const TICK_MICROS = 10_000;

/** The processor time of all threads of a process, in user and kernel mode, in microseconds. */
export function readCpuMicros(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8'))
      .reduce((sum, stat) => sum + Number(stat.slice(0, stat.indexOf(' '))) / 1_000, 0);
  } catch {
    // A kernel without scheduler statistics has only ticks.
    return readTicks(pid) * TICK_MICROS;
  }
}

function readTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program is in brackets and may contain spaces; fields 14 and 15 are utime and stime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** The processes that a process has started. */
export function readChildren(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

/** The resident memory of a process, in bytes. */
export function readResidentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no VmRSS`);
  return Number(kibibytes) * 1_024;
}
