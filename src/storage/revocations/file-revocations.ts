/**
 * Revocations in a file: a change is a line at its end, which is on the disk before the change counts as written. The file
 * is written anew when it has many lines of what is over.
 */

import { open, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lockDirectory, type DirectoryLock } from '../directory-lock.ts';
import {
  makeDirectory,
  readFileIfPresent,
  removeFile,
  replaceFile,
  syncDirectory,
  TEMPORARY_SUFFIX,
} from '../durable-file.ts';
import { attempt, StoreError } from '../store-error.ts';
import { HEAD_LINE, readLine, writeLine } from './revocation-lines.ts';
import {
  applyRevocation,
  type Revocation,
  type RevocationChange,
  type RevocationStore,
} from './revocation-store.ts';

export interface FileRevocationsOptions {
  /** The directory of the file; it is created with the first revocation. Only one server at a time may use it. */
  readonly dir: string;
  /** The date, in milliseconds since 1970: what is over is dropped. Default `Date.now`. */
  readonly now?: () => number;
}

const FILE_NAME = 'revocations.jsonl';
/** The file is written anew when it has so many lines more than twice what is kept. */
const SPARE_LINES = 1_000;

/**
 * Makes a store that keeps revocations in the file `revocations.jsonl` of a directory. The directory is locked
 * from when there is a file until `close`.
 *
 * @throws {StoreError} from every method, if the file system fails; with the code `EUNREADABLE` if the file is damaged, and
 * with `ELOCKED` if another server uses the directory.
 */
export function createFileRevocations(options: FileRevocationsOptions): RevocationStore {
  return new FileRevocations(resolve(options.dir), options.now ?? Date.now);
}

class FileRevocations implements RevocationStore {
  readonly #dir: string;
  readonly #path: string;
  readonly #now: () => number;
  readonly #kept = new Map<string, Revocation>();
  #isOpen = false;
  #lock: DirectoryLock | undefined;
  /** Open at its end; undefined if the file is to be written anew before the next line. */
  #file: FileHandle | undefined;
  #lines = 0;

  constructor(dir: string, now: () => number) {
    this.#dir = dir;
    this.#path = join(dir, FILE_NAME);
    this.#now = now;
  }

  async load(): Promise<readonly Revocation[]> {
    this.#isOpen = true;
    // Most servers never revoke anything: nothing is made for them.
    if ((await readFileIfPresent(this.#path)) !== undefined) await this.#take();
    return [...this.#kept.values()];
  }

  async write(changes: readonly RevocationChange[]): Promise<void> {
    if (!this.#isOpen) throw new StoreError('ECLOSED', `${this.#path} is not open`);
    if (this.#lock === undefined) await this.#take();
    for (const change of changes) applyRevocation(this.#kept, change);
    const file = this.#file;
    if (file === undefined || this.#lines > SPARE_LINES + 2 * this.#kept.size) {
      await this.#rewrite();
      return;
    }
    try {
      await attempt('write', this.#path, async () => {
        await file.appendFile(changes.map((change) => `${writeLine(change)}\n`).join(''));
        await file.datasync();
      });
    } catch (error) {
      // Half of a line may stand at the end.
      await this.#closeFile();
      throw error;
    }
    this.#lines += changes.length;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#release();
  }

  /** Locks the directory, reads the file and writes it anew. */
  async #take(): Promise<void> {
    await makeDirectory(this.#dir);
    this.#lock = await lockDirectory(this.#dir);
    try {
      await removeFile(this.#path + TEMPORARY_SUFFIX);
      const bytes = await readFileIfPresent(this.#path);
      if (bytes !== undefined) this.#read(bytes);
      await this.#rewrite();
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  async #release(): Promise<void> {
    await this.#closeFile();
    const lock = this.#lock;
    this.#lock = undefined;
    await lock?.release();
  }

  /** A crash can leave half of a line at the end: nobody was told that it is written. */
  #read(bytes: Uint8Array): void {
    const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
    for (const [index, line] of lines.entries()) {
      const change = index === 0 ? undefined : readLine(line);
      if (change !== undefined) applyRevocation(this.#kept, change);
      else if (index > 0 || line !== HEAD_LINE) throw this.#unreadable(index + 1);
    }
    if (lines.length === 0) throw this.#unreadable(1);
  }

  #unreadable(line: number): StoreError {
    return new StoreError(
      'EUNREADABLE',
      `line ${line} of ${this.#path} is damaged, so it is not known who is revoked: put the file back from a copy, ` +
        'mend or remove the line, or remove the file to lift all revocations',
    );
  }

  async #rewrite(): Promise<void> {
    await this.#closeFile();
    const now = this.#now();
    for (const [key, { until = Infinity }] of this.#kept) if (until <= now) this.#kept.delete(key);
    const lines = [...this.#kept.values()].map((revocation) => writeLine({ type: 'add', revocation }));
    await replaceFile(this.#path, `${[HEAD_LINE, ...lines].join('\n')}\n`);
    await syncDirectory(this.#dir);
    this.#file = await attempt('open', this.#path, () => open(this.#path, 'a'));
    this.#lines = lines.length;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}
