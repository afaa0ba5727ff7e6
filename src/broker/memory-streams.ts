/**
 * The streams of all rooms in memory, bounded in bytes: what was used longest ago goes first. A stream that a node
 * hears keeps its position whatever happens, because it belongs to a room that is in memory anyway.
 */

import { randomBytes } from 'node:crypto';
import { CoarseTime, startQuietTimer, systemClock, type Clock } from '../system/clock.ts';
import { RateMeter } from '../system/rate-meter.ts';
import { MemoryStream } from './memory-stream.ts';
import { RecentResults } from './recent-results.ts';

const DEFAULT_HISTORY_BYTES = 64 * 1024 * 1024;

/** How often publications are dropped that have expired and that nobody has asked for. */
const SWEEP_INTERVAL_MS = 10_000;

export interface MemoryStreamsOptions {
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** What a new stream's life is called. Default: random. */
  readonly newEpoch?: (() => string) | undefined;
  /** What positions and publications may take in all. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

export class MemoryStreams {
  readonly #clock: Clock;
  readonly time: CoarseTime;
  /** What came of publications with an idempotency key. */
  readonly results: RecentResults;
  readonly #newEpoch: () => string;
  readonly #maxBytes: number;
  readonly #streams = new Map<string, MemoryStream>();
  /** Streams that keep publications. */
  readonly #keeping = new Set<MemoryStream>();
  #bytes = 0;
  #oldest: MemoryStream | undefined;
  #newest: MemoryStream | undefined;
  /** The stream that was looked up last. A client's messages come in a row, for one room. */
  #latest: MemoryStream | undefined;
  #isSweeping = false;

  constructor({ clock = systemClock, newEpoch = randomEpoch, maxBytes }: MemoryStreamsOptions) {
    this.#clock = clock;
    this.time = new CoarseTime(clock);
    this.results = new RecentResults(clock);
    this.#newEpoch = newEpoch;
    this.#maxBytes = maxBytes ?? DEFAULT_HISTORY_BYTES;
  }

  /** The stream of a room, which is made if there is none. */
  of(room: string): MemoryStream {
    const latest = this.#latest;
    return latest !== undefined && latest.room === room ? latest : this.#lookUp(room);
  }

  find(room: string): MemoryStream | undefined {
    return this.#streams.get(room);
  }

  /** All of them, for a node that leaves. */
  all(): Iterable<MemoryStream> {
    return this.#streams.values();
  }

  /** Whether a room takes one more message in this second. */
  takes(stream: MemoryStream, perSecond: number): boolean {
    const now = this.#clock.monotonic();
    const meter = (stream.meter ??= new RateMeter(perSecond, now));
    if (!meter.allows(now)) return false;
    meter.spend();
    return true;
  }

  /** To be called whenever a stream was used that is bounded, or may be now: one that no node hears, or that keeps something. */
  account(stream: MemoryStream): void {
    const { bytes } = stream;
    this.#bytes += bytes - stream.cost;
    stream.cost = bytes;
    this.#unlink(stream);
    if (bytes > 0) this.#append(stream);
    if (stream.keptCount > 0) this.#keep(stream);
    else this.#keeping.delete(stream);
    if (this.#bytes > this.#maxBytes) this.#evict(stream);
  }

  #lookUp(room: string): MemoryStream {
    let stream = this.#streams.get(room);
    if (stream === undefined) {
      stream = new MemoryStream(room, this.#newEpoch());
      this.#streams.set(room, stream);
    }
    this.#latest = stream;
    return stream;
  }

  /** Drops the oldest streams until all fits, and then the oldest publications of the one that is in use. */
  #evict(inUse: MemoryStream): void {
    while (this.#bytes > this.#maxBytes && this.#oldest !== undefined && this.#oldest !== inUse) {
      this.#drop(this.#oldest);
    }
    while (this.#bytes > this.#maxBytes && inUse.keptCount > 0) {
      inUse.dropOldest();
      this.#bytes += inUse.bytes - inUse.cost;
      inUse.cost = inUse.bytes;
    }
    if (inUse.keptCount === 0) this.#keeping.delete(inUse);
  }

  #drop(stream: MemoryStream): void {
    stream.clear();
    stream.version = undefined;
    this.#keeping.delete(stream);
    this.#unlink(stream);
    this.#bytes -= stream.cost;
    stream.cost = 0;
    if (stream.nodes.length > 0) return;
    this.#streams.delete(stream.room);
    if (this.#latest === stream) this.#latest = undefined;
  }

  #keep(stream: MemoryStream): void {
    this.#keeping.add(stream);
    this.#sweepLater();
  }

  #sweepLater(): void {
    if (this.#isSweeping || this.#keeping.size === 0) return;
    this.#isSweeping = true;
    startQuietTimer(this.#clock, () => this.#dropExpired(), SWEEP_INTERVAL_MS);
  }

  #dropExpired(): void {
    this.#isSweeping = false;
    const now = this.#clock.monotonic();
    for (const stream of this.#keeping) {
      if (stream.expiresAt <= now) this.#forget(stream);
    }
    this.#sweepLater();
  }

  /** Drops what a stream keeps; its place in the order of use stays, unless nothing is left to be bounded. */
  #forget(stream: MemoryStream): void {
    stream.clear();
    this.#keeping.delete(stream);
    this.#bytes += stream.bytes - stream.cost;
    stream.cost = stream.bytes;
    if (stream.cost === 0) this.#unlink(stream);
  }

  #append(stream: MemoryStream): void {
    stream.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = stream;
    else this.#newest.newer = stream;
    this.#newest = stream;
  }

  #unlink(stream: MemoryStream): void {
    const { older, newer } = stream;
    if (older !== undefined) older.newer = newer;
    else if (this.#oldest === stream) this.#oldest = newer;
    if (newer !== undefined) newer.older = older;
    else if (this.#newest === stream) this.#newest = older;
    stream.older = undefined;
    stream.newer = undefined;
  }
}

function randomEpoch(): string {
  return randomBytes(6).toString('base64url');
}
