/** What the kernel knows of a process: its processor time and its memory. It reads /proc, so it needs Linux. */

import { readdirSync, readFileSync } from 'node:fs';

/** The unit of /proc/PID/stat, which Linux fixes for all programs. */
const TICK_MICROS = 10_000;

/** Processor time that all threads of a process have used, theirs and the kernel's for them, in microseconds. */
export function readCpuMicros(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8'))
      .reduce((sum, stat) => sum + Number(stat.slice(0, stat.indexOf(' '))) / 1_000, 0);
  } catch {
    // A kernel without scheduler statistics counts in ticks.
    return readTicks(pid) * TICK_MICROS;
  }
}

function readTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program stands in brackets and may hold spaces; the 14th and 15th fields are utime and stime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Memory of a process that is in the machine's memory, in bytes. */
export function readResidentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status tells no VmRSS`);
  return Number(kibibytes) * 1_024;
}
