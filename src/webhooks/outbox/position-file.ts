/** The file that tells which part of an outbox is taken. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A place in the segments: everything before it is taken or dropped. */
export interface Cursor {
  readonly segment: number;
  readonly offset: number;
}

export interface Position extends Cursor {
  /** The outbox was closed. */
  readonly clean: boolean;
}

const FILE_MODE = 0o600;

/** The position; undefined if there is none that can be read: then everything is delivered, perhaps again. */
export function readPosition(path: string): Position | undefined {
  try {
    const { segment, offset, clean } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Position>;
    if (!Number.isSafeInteger(segment) || !Number.isSafeInteger(offset)) return undefined;
    return { segment: segment!, offset: offset!, clean: clean === true };
  } catch {
    return undefined;
  }
}

/** Replaces the position. @throws the error of the file system. */
export function writePosition(path: string, position: Position): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(position)}\n`, { mode: FILE_MODE });
  renameSync(temporary, path);
}
