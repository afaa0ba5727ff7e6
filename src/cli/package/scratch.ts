/** What exists only while an archive is written. All of it is removed, also when writing fails or is interrupted. */

import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PackageError } from './package-error.ts';

export interface Scratch {
  /** An empty directory in which the content is put together. */
  readonly stage: string;
  /** Where the archive is written; then it is renamed. */
  readonly temporary: string;
  /** The archive is there: the directories that were made for it stay. */
  keep(): void;
  /** Removes everything. It never throws, since that would hide what went wrong before. */
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Makes the directories for an archive. A signal that ends the process removes them first.
 * @throws {PackageError} when they cannot be made.
 */
export async function openScratch(path: string): Promise<Scratch> {
  const left = new Set<string>();

  function close(): void {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    for (const place of left) {
      try {
        rmSync(place, { recursive: true, force: true });
      } catch {
        // The rest is removed all the same.
      }
    }
  }

  function interrupt(signal: NodeJS.Signals): void {
    close();
    // Without a listener the signal ends the process as usual.
    process.kill(process.pid, signal);
  }

  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    const stage = await mkdtemp(join(tmpdir(), 'statecast-package-'));
    left.add(stage);
    const made = await mkdir(dirname(path), { recursive: true });
    if (made !== undefined) left.add(made);
    const temporary = `${path}.${process.pid}.tmp`;
    left.add(temporary);
    return { stage, temporary, keep: () => void (made !== undefined && left.delete(made)), close };
  } catch (cause) {
    close();
    throw toWriteError(path, cause);
  }
}

/** An error of the file system is told with the archive's path; anything else stays as it is. */
export function toWriteError(path: string, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined || cause instanceof PackageError) return cause;
  return new PackageError(`${path} cannot be written: ${message}`, { cause });
}
