/** A log file with rotation: a full file is renamed, and the oldest renamed file is deleted. */

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RotatingFileOptions {
  /** The current file, ending in `.log`. Full files are `.1.log`, `.2.log` and so on; 1 is the newest. */
  readonly file: string;
  /** The largest size of a file, in bytes; a single longer line is written whole. */
  readonly maxBytes: number;
  /** The number of files, including the current one; at least 1. */
  readonly files: number;
  /** Called for the first of several lines in a row that could not be written. The server goes on without a log. */
  readonly failed?: (error: unknown) => void;
}

/** The destination of a logger. */
export interface LogDestination {
  write(line: string): void;
  close(): void;
}

/**
 * Opens the file and creates its directories. Lines are written at once, so that a process that is killed has lost
 * no line.
 * @throws the error of the system if the file cannot be opened.
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

/** A disk that is nearly full may write only a part. */
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
