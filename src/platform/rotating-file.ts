/** A log file that makes room for itself: full, it is renamed, and the oldest of the renamed ones goes. It knows no log format. */

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RotatingFileOptions {
  /** The current file, ending in `.log`. Full ones are `.1.log`, `.2.log` and so on, 1 the newest. */
  readonly file: string;
  /** How large a file gets, in bytes; a single longer line goes whole. */
  readonly maxBytes: number;
  /** How many files there are, the current one included; at least 1. */
  readonly files: number;
  /** Told of the first of a row of lines that could not be written: a full disk costs the log, not the server. */
  readonly failed?: (error: unknown) => void;
}

/** Where a logger writes its lines. */
export interface LogDestination {
  write(line: string): void;
  close(): void;
}

/**
 * Opens the file, with its directories. Lines are written at once, so that a process that is killed has
 * written all it had to say.
 * @throws what the system says when the file cannot be opened.
 */
export function openRotatingFile({ file, maxBytes, files, failed }: RotatingFileOptions): LogDestination {
  mkdirSync(dirname(file), { recursive: true });
  let current: number | undefined = openSync(file, 'a');
  let bytes = fstatSync(current).size;
  let isFailing = false;

  function rotate(): void {
    if (current !== undefined) closeSync(current);
    current = undefined;
    rmSync(numbered(file, files - 1), { force: true });
    for (let number = files - 2; number >= 0; number -= 1) {
      renameIfThere(numbered(file, number), numbered(file, number + 1));
    }
    bytes = 0;
  }

  return {
    write(line) {
      try {
        const content = Buffer.from(line);
        if (bytes > 0 && bytes + content.length > maxBytes) rotate();
        current ??= openSync(file, 'a');
        writeAll(current, content);
        bytes += content.length;
        isFailing = false;
      } catch (error) {
        if (!isFailing) failed?.(error);
        isFailing = true;
      }
    },
    close() {
      if (current !== undefined) closeSync(current);
      current = undefined;
    },
  };
}

/** A disk that is nearly full takes a part of what it is given. */
function writeAll(fd: number, content: Buffer): void {
  for (let written = 0; written < content.length;) {
    written += writeSync(fd, content, written);
  }
}

function numbered(file: string, number: number): string {
  return number === 0 ? file : `${file.replace(/\.log$/, '')}.${number}.log`;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
