/**
 * One file of an outbox on disk. Each line has a sign and JSON: `=` a state, `+` an event, `-` a note. A line is whole
 * when it has its end: what a crash has cut off is not read.
 */

import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Only the user of the server may read it: messages may be secret. */
const FILE_MODE = 0o600;

export const SIGNS = { state: '=', event: '+', note: '-' } as const;

export interface SegmentLine {
  readonly sign: string;
  readonly text: string;
  /** Where it begins in the file, and how long it is with its end, in bytes. */
  readonly offset: number;
  readonly length: number;
}

/** Reads all whole lines of a segment, and says whether one of them is no line of a segment. */
export function readSegment(path: string): { readonly lines: SegmentLine[]; readonly isBroken: boolean } {
  const bytes = readFileSync(path);
  const lines: SegmentLine[] = [];
  let isBroken = false;
  for (let offset = 0; ;) {
    const end = bytes.indexOf(NEWLINE, offset);
    if (end === -1) return { lines, isBroken };
    const line = toLine(bytes.subarray(offset, end), offset);
    if (line === undefined) isBroken = true;
    else lines.push(line);
    offset = end + 1;
  }
}

const NEWLINE = 0x0a;

function toLine(bytes: Uint8Array, offset: number): SegmentLine | undefined {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const sign = line.slice(0, 1);
  const text = line.slice(1);
  if (!Object.values<string>(SIGNS).includes(sign) || !isEntry(sign, text)) return undefined;
  return { sign, text, offset, length: bytes.length + 1 };
}

/** Whether it is what was once appended: a damaged file may have any text, and must not stop the server. */
function isEntry(sign: string, text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const { id, time } = value as Readonly<Record<string, unknown>>;
    return sign !== SIGNS.event || (typeof id === 'string' && typeof time === 'number');
  } catch {
    return false;
  }
}

/**
 * Leaves only these lines of a segment; the segment as it was gets another name. A crash in the middle leaves one or the
 * other. @throws the error of the file system.
 */
export function repairSegment(path: string, lines: readonly SegmentLine[], place: string): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, lines.map(({ sign, text }) => `${sign}${text}\n`).join(''), { mode: FILE_MODE });
  linkSync(path, place);
  renameSync(temporary, path);
}

/** Reads the lines that begin in a part of a file, the first one whatever its length. */
export function readLines(path: string, from: number, to: number, bytes: number): SegmentLine[] {
  const descriptor = openSync(path, 'r');
  try {
    for (let length = Math.min(bytes, to - from); ; length = Math.min(length * 2, to - from)) {
      const buffer = Buffer.allocUnsafe(length);
      const read = readSync(descriptor, buffer, 0, length, from);
      const lines: SegmentLine[] = [];
      for (let start = 0; ;) {
        const end = buffer.subarray(0, read).indexOf(NEWLINE, start);
        if (end === -1) break;
        const line = toLine(buffer.subarray(start, end), from + start);
        if (line !== undefined) lines.push(line);
        start = end + 1;
      }
      if (lines.length > 0 || length >= to - from || read < length) return lines;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The segment that is written to. */
export class OpenSegment {
  readonly #path: string;
  readonly #descriptor: number;
  /** Whether its name will survive a power failure. */
  #isNameSynced = false;
  /** Whole lines. What a failed write has left is after them, and is written over. */
  #size: number;

  /** Begins with a state. @throws the error of the file system; then nothing is open. */
  constructor(path: string, state: string) {
    this.#path = path;
    this.#descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, FILE_MODE);
    this.#size = fstatSync(this.#descriptor).size;
    try {
      this.write(SIGNS.state, state);
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Writes a line in this turn. @throws the error of the file system; then the line is not there. */
  write(sign: string, text: string): void {
    const line = Buffer.from(`${sign}${text}\n`);
    let written = 0;
    try {
      while (written < line.length) {
        written += writeSync(this.#descriptor, line, written, line.length - written, this.#size + written);
      }
    } catch (error) {
      if (written > 0) this.#cut();
      throw error;
    }
    this.#size += line.length;
  }

  /** Calls back when all that is written will survive a power failure. */
  sync(done: (error: Error | null) => void): void {
    try {
      if (!this.#isNameSynced) syncFolder(dirname(this.#path));
      this.#isNameSynced = true;
    } catch (error) {
      done(error as Error);
      return;
    }
    fdatasync(this.#descriptor, done);
  }

  close(): void {
    try {
      fsyncSync(this.#descriptor);
    } finally {
      closeSync(this.#descriptor);
    }
  }

  #cut(): void {
    try {
      ftruncateSync(this.#descriptor, this.#size);
    } catch {
      // The next line is written over it.
    }
  }
}

function syncFolder(dir: string): void {
  const descriptor = openSync(dir, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
