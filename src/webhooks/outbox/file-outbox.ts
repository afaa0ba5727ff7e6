/**
 * The outbox on disk: a folder of segments, files to which lines are only added. A line is written in the turn in which
 * its event happens, and is synced to the disk within {@link SYNC_MS}. Segments are removed when all their events are
 * taken. After a crash what was not known to be taken is delivered again.
 */

import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import {
  createBatch,
  readEvent,
  type Backlog,
  type BatchLimits,
  type DropReason,
  type Outbox,
  type OutboxBatch,
  type OutboxEntry,
  type OutboxHistory,
  type OutboxOptions,
} from './outbox.ts';
import { readPosition, writePosition, type Cursor } from './position-file.ts';
import { OpenSegment, readLines, readSegment, repairSegment, SIGNS, type SegmentLine } from './segment.ts';

export interface FileOutboxOptions extends OutboxOptions {
  /** The folder of this outbox alone; it is made if it is missing. */
  readonly dir: string;
  readonly clock: Clock;
  /** How large a segment becomes before the next one begins, in bytes. Default: 4 MiB, or a quarter of `maxBytes`. */
  readonly segmentBytes?: number;
}

/** How long a line may wait for its way from the system's memory to the disk, in milliseconds. */
const SYNC_MS = 50;
const SEGMENT_BYTES = 4 * 1024 * 1024;
const MIN_SEGMENT_BYTES = 4 * 1024;
/** How much is read at a time of what is dropped, in bytes. */
const DROP_BYTES = 64 * 1024;
const SEGMENT_NAME = /^\d{12}\.log$/;
const FOLDER_MODE = 0o700;

interface Segment {
  readonly number: number;
  /** Whole lines, in bytes. */
  size: number;
}

/** What is read and not taken yet. */
interface Taking {
  readonly batch: OutboxBatch;
  readonly bytes: number;
}

export function createFileOutbox(options: FileOutboxOptions): Outbox {
  return new FileOutbox(options);
}

class FileOutbox implements Outbox {
  readonly isPersistent = true;
  readonly #options: FileOutboxOptions;
  readonly #segmentBytes: number;
  /** All that are there, in order; the last one is written to, if `#open` is set. */
  #segments: Segment[] = [];
  #open: OpenSegment | undefined;
  /** How long the state at the beginning of the open segment is. */
  #stateBytes = 0;
  /** Where the next batch begins. */
  #cursor: Cursor = { segment: 0, offset: 0 };
  #taking: Taking | undefined;
  #events = 0;
  #bytes = 0;
  #oldest: number | undefined;
  #isFailing = false;
  #isSyncing = false;
  #isClosed = false;

  constructor(options: FileOutboxOptions) {
    this.#options = options;
    const { segmentBytes = SEGMENT_BYTES, maxBytes } = options;
    this.#segmentBytes = Math.max(MIN_SEGMENT_BYTES, Math.min(segmentBytes, Math.floor(maxBytes / 4)));
  }

  async open(): Promise<OutboxHistory> {
    mkdirSync(this.#options.dir, { recursive: true, mode: FOLDER_MODE });
    const position = readPosition(this.#positionPath);
    let state: string | undefined;
    let entries: OutboxEntry[] = [];
    this.#cursor = position ?? this.#cursor;
    const numbers = this.#listSegments();
    for (const number of numbers) {
      const lines = this.#readWhole(number);
      this.#segments.push({ number, size: endOf(lines) });
      for (const line of lines) {
        if (!this.#isBehind(number, line.offset)) this.#count(line);
        if (line.sign === SIGNS.state) {
          state = line.text;
          entries = [];
        } else entries.push({ kind: line.sign === SIGNS.event ? 'event' : 'note', text: line.text });
      }
    }
    this.#forgetTaken();
    this.#keepPosition(false);
    const clean = position?.clean ?? numbers.length === 0;
    return { entries, clean, ...(state !== undefined && { state }) };
  }

  append({ kind, text }: OutboxEntry): void {
    if (this.#isClosed) return;
    try {
      const open = this.#openForWriting();
      open.write(SIGNS[kind], text);
      const segment = this.#segments.at(-1)!;
      const length = open.size - segment.size;
      segment.size = open.size;
      this.#isFailing = false;
      this.#count({ sign: SIGNS[kind], text, length });
      this.#syncSoon();
    } catch (error) {
      if (!this.#isFailing) this.#options.onTrouble({ error });
      this.#isFailing = true;
      if (kind === 'event') this.#options.onDropped(1, 'unwritten');
      return;
    }
    this.#keepBounds();
  }

  next(limits: BatchLimits): OutboxBatch | undefined {
    if (this.#taking !== undefined) return this.#taking.batch;
    const events: string[] = [];
    const bytes = this.#advance(limits.bytes, ({ text, length }, total) => {
      if (events.length > 0 && (events.length === limits.events || total + length > limits.bytes))
        return false;
      events.push(text);
      return true;
    });
    if (events.length === 0) return undefined;
    const batch = createBatch(events);
    this.#taking = { batch, bytes };
    return batch;
  }

  take(batch: OutboxBatch): void {
    this.#end(batch);
  }

  drop(batch: OutboxBatch): void {
    if (this.#end(batch)) this.#options.onDropped(batch.events.length, 'expired');
  }

  get backlog(): Backlog {
    const oldest = this.#taking?.batch.time ?? this.#findOldest();
    return { events: this.#events, bytes: this.#bytes, ...(oldest !== undefined && { oldest }) };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What is on its way is delivered again by the next run.
    this.#keepPosition(true);
    this.#closeOpen();
  }

  get #positionPath(): string {
    return join(this.#options.dir, 'position');
  }

  #pathOf(number: number): string {
    return join(this.#options.dir, `${String(number).padStart(12, '0')}.log`);
  }

  #listSegments(): number[] {
    const names = readdirSync(this.#options.dir).filter((name) => SEGMENT_NAME.test(name));
    return names.map((name) => Number.parseInt(name, 10)).toSorted((a, b) => a - b);
  }

  /** The lines of a segment of an earlier run. One that cannot be read is moved aside; its whole lines stay. */
  #readWhole(number: number): SegmentLine[] {
    const path = this.#pathOf(number);
    try {
      const { lines, isBroken } = readSegment(path);
      if (!isBroken) return lines;
      const error = new Error(`${path} has lines that are not of an outbox`);
      this.#setAside(path, error, (place) => repairSegment(path, lines, place));
      // Its lines move: all of them are delivered, perhaps again.
      if (number === this.#cursor.segment) this.#cursor = { segment: number, offset: 0 };
      return readSegment(path).lines;
    } catch (error) {
      this.#setAside(path, error, (place) => renameSync(path, place));
      return [];
    }
  }

  #setAside(path: string, error: unknown, move: (place: string) => void): void {
    const stamp = new Date(this.#options.clock.now()).toISOString().replaceAll(/[-:.]/g, '');
    const place = `${path}.broken-${stamp}`;
    try {
      move(place);
      this.#options.onTrouble({ error, setAside: place });
    } catch {
      this.#options.onTrouble({ error });
    }
  }

  #isBehind(segment: number, offset: number): boolean {
    const { segment: at, offset: within } = this.#cursor;
    return segment < at || (segment === at && offset < within);
  }

  #count({ sign, text, length }: Pick<SegmentLine, 'sign' | 'text' | 'length'>): void {
    this.#bytes += length;
    if (sign !== SIGNS.event) return;
    this.#events += 1;
    this.#oldest ??= this.#events === 1 ? readEvent(text).time : undefined;
  }

  /** The segment to write to; each one begins with the state. */
  #openForWriting(): OpenSegment {
    if (this.#open !== undefined && this.#open.size - this.#stateBytes < this.#segmentBytes)
      return this.#open;
    const number = Math.max(this.#segments.at(-1)?.number ?? 0, this.#cursor.segment) + 1;
    const open = new OpenSegment(this.#pathOf(number), this.#options.state());
    this.#closeOpen();
    this.#open = open;
    this.#stateBytes = open.size;
    this.#segments.push({ number, size: open.size });
    if (this.#events > 0) this.#bytes += open.size;
    else {
      this.#bytes = 0;
      this.#moveTo({ segment: number, offset: open.size });
    }
    return open;
  }

  #closeOpen(): void {
    try {
      this.#open?.close();
    } catch (error) {
      this.#options.onTrouble({ error });
    }
    this.#open = undefined;
  }

  #moveTo(cursor: Cursor): void {
    this.#cursor = cursor;
    if (this.#taking !== undefined) return;
    this.#forgetTaken();
    this.#keepPosition(false);
  }

  /**
   * Reads on from the cursor, and moves it behind the last event that is accepted. Returns how much is behind it then, in
   * bytes.
   */
  #advance(bytes: number, accept: (line: SegmentLine, total: number) => boolean): number {
    let { segment: at, offset } = this.#cursor;
    let passed = 0;
    let total = 0;
    for (const { number, size } of this.#segments) {
      if (number < at) continue;
      if (number > at) offset = 0;
      at = number;
      while (offset < size) {
        const lines = this.#readLines(number, offset, size, bytes);
        // What cannot be read now must not be passed over: it would be lost, or overtaken.
        if (lines === undefined) return total;
        if (lines.length === 0) break;
        for (const line of lines) {
          if (line.sign === SIGNS.event && !accept(line, total)) return total;
          passed += line.length;
          offset = line.offset + line.length;
          if (line.sign !== SIGNS.event) continue;
          total += passed;
          passed = 0;
          this.#cursor = { segment: number, offset };
          this.#oldest = undefined;
        }
      }
    }
    return total;
  }

  #readLines(number: number, from: number, to: number, bytes: number): SegmentLine[] | undefined {
    try {
      return readLines(this.#pathOf(number), from, to, bytes);
    } catch (error) {
      if (!this.#isFailing) this.#options.onTrouble({ error });
      this.#isFailing = true;
      return undefined;
    }
  }

  /** Drops the oldest events that are beyond the bounds. A batch on its way stays. */
  #keepBounds(): void {
    const { maxEvents, maxBytes } = this.#options;
    if (this.#events <= maxEvents && this.#bytes <= maxBytes) return;
    // Some more than is needed, so that not each further event needs a look into the oldest segment.
    const isTooMany = this.#events > maxEvents;
    const wanted = isTooMany ? this.#events - maxEvents + Math.floor(maxEvents / 100) : Infinity;
    const wantedBytes = isTooMany ? 0 : this.#bytes - maxBytes + Math.floor(maxBytes / 100);
    let dropped = 0;
    const bytes = this.#advance(DROP_BYTES, (_, total) => {
      if (isTooMany ? dropped >= wanted : total >= wantedBytes) return false;
      dropped += 1;
      return true;
    });
    if (dropped > 0) this.#passed(dropped, bytes, 'full');
  }

  #passed(events: number, bytes: number, dropped?: DropReason): void {
    this.#events -= events;
    this.#bytes -= bytes;
    this.#moveTo(this.#cursor);
    if (dropped !== undefined) this.#options.onDropped(events, dropped);
  }

  #end(batch: OutboxBatch): boolean {
    const taking = this.#taking;
    if (taking === undefined || taking.batch !== batch || this.#isClosed) return false;
    this.#taking = undefined;
    this.#passed(batch.events.length, taking.bytes);
    return true;
  }

  #findOldest(): number | undefined {
    if (this.#events === 0) return undefined;
    if (this.#oldest === undefined) {
      const before = this.#cursor;
      this.#advance(1, ({ text }) => {
        this.#oldest = readEvent(text).time;
        return false;
      });
      this.#cursor = before;
    }
    return this.#oldest;
  }

  /** Removes the segments before the cursor. */
  #forgetTaken(): void {
    const left = this.#segments.filter(({ number }) => number >= this.#cursor.segment);
    if (left.length === this.#segments.length) return;
    const gone = this.#segments.filter(({ number }) => number < this.#cursor.segment);
    // The newest state must stay: it is in the open segment, or none was begun yet.
    if (left.length === 0) left.push(...gone.splice(-1));
    this.#segments = left;
    for (const { number } of gone) {
      try {
        rmSync(this.#pathOf(number), { force: true });
      } catch (error) {
        this.#options.onTrouble({ error });
      }
    }
  }

  #keepPosition(clean: boolean): void {
    try {
      const { segment, offset } = this.#cursor;
      // A batch on its way is not taken: its beginning was kept when it was read.
      if (this.#taking === undefined) writePosition(this.#positionPath, { segment, offset, clean });
      else if (clean) {
        const kept = readPosition(this.#positionPath);
        if (kept !== undefined) writePosition(this.#positionPath, { ...kept, clean });
      }
    } catch (error) {
      if (!this.#isFailing) this.#options.onTrouble({ error });
      this.#isFailing = true;
    }
  }

  #syncSoon(): void {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    startQuietTimer(
      this.#options.clock,
      () => {
        this.#isSyncing = false;
        const open = this.#open;
        open?.sync((error) => {
          // One that was closed meanwhile was synced then.
          if (error !== null && this.#open === open) this.#options.onTrouble({ error });
        });
      },
      SYNC_MS,
    );
  }
}

function endOf(lines: readonly SegmentLine[]): number {
  const last = lines.at(-1);
  return last === undefined ? 0 : last.offset + last.length;
}
