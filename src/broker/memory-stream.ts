/** One room's stream in memory: its position, what it keeps, and which nodes hear it. What may stay in all is in memory-streams.ts. */

import type { Json, Publication } from '../protocol/command.ts';
import type { History, HistoryQuery, PublicationVersion, PublishOptions } from './broker.ts';
import type { CoarseTime } from '../system/clock.ts';
import type { RateMeter } from '../system/rate-meter.ts';
import { copyJson, KeptPublications } from './kept-publications.ts';

/** Counted for each stream that no node hears, besides its name: the object, its epoch, its place in the table. */
const STREAM_BYTES = 384;

/** Counted for the version of a stream, besides its epoch. */
const VERSION_BYTES = 64;

/** A node that hears a stream. */
export interface StreamNode {
  publication(publication: Publication): void;
}

/** The date of publications, and the reading by which they expire. */
type StreamTime = Pick<CoarseTime, 'now' | 'monotonic'>;

const NO_NODES: readonly StreamNode[] = [];

export class MemoryStream {
  readonly room: string;
  readonly epoch: string;
  offset = 0;
  /** The latest one of a publication that had one. */
  version: PublicationVersion | undefined;
  /** Counts the publications that are bounded in number. */
  meter: RateMeter | undefined;
  /** A new list with each change: who is told of a publication does not change while it is delivered. */
  nodes: readonly StreamNode[] = NO_NODES;
  /** When what is kept expires, by the monotonic clock. */
  expiresAt = 0;
  /** What it counts for in all streams together; 0 while it is not to be bounded. */
  cost = 0;
  /** Its neighbours in the order of use; undefined while it is not in that order. */
  older: MemoryStream | undefined;
  newer: MemoryStream | undefined;
  #kept: KeptPublications | undefined;

  constructor(room: string, epoch: string) {
    this.room = room;
    this.epoch = epoch;
  }

  get keptCount(): number {
    return this.#kept?.size ?? 0;
  }

  /** Whether it counts in the bound of all streams, or will count from now on. */
  get isBounded(): boolean {
    return this.#kept !== undefined || this.cost > 0 || this.nodes.length === 0 || this.version !== undefined;
  }

  get bytes(): number {
    const own = this.nodes.length === 0 ? STREAM_BYTES + 2 * this.room.length : 0;
    const version = this.version === undefined ? 0 : VERSION_BYTES + 2 * (this.version.epoch?.length ?? 0);
    return own + version + (this.#kept?.bytes ?? 0);
  }

  isNewer({ number, epoch = '' }: PublicationVersion): boolean {
    const { version } = this;
    return version === undefined || (version.epoch ?? '') !== epoch || number > version.number;
  }

  /** Makes the next publication. */
  append(data: Json, options: PublishOptions, time: StreamTime): Publication {
    const { history } = options;
    if (options.skipHistory === true) return this.#make(data, options, 0, time.now());
    this.offset += 1;
    const { offset } = this;
    if (history === undefined || history.size === 0) {
      // What is kept has no gap.
      if (this.#kept !== undefined) this.clear();
      return this.#make(data, options, offset, time.now());
    }
    const at = time.monotonic();
    if (this.expiresAt <= at) this.clear();
    const publication = this.#make(copyJson(data), options, offset, time.now());
    const kept = (this.#kept ??= new KeptPublications());
    kept.push(publication);
    while (kept.size > history.size) kept.shift();
    this.expiresAt = at + history.ttlMs;
    return publication;
  }

  /** Takes a publication back that could not be delivered, unless another one has followed it. */
  takeBack({ offset }: Publication): void {
    if (offset === 0 || offset !== this.offset) return;
    this.offset -= 1;
    this.#kept?.pop();
  }

  /** Reads what is kept. */
  read(query: HistoryQuery, time: StreamTime): History {
    const { epoch, offset } = this;
    if (this.expiresAt <= time.monotonic()) this.clear();
    const isForeign = isOther(query.since?.epoch, epoch);
    const publications = this.#kept === undefined || isForeign ? [] : this.#kept.read(query, offset);
    return { publications, offset, epoch };
  }

  /** Drops what is kept. */
  clear(): void {
    this.#kept = undefined;
  }

  dropOldest(): void {
    this.#kept?.shift();
  }

  /** Brings a publication to the nodes that hear the room. */
  deliver(publication: Publication): void {
    const { nodes } = this;
    // Counted (docs/decisions/0013-written-for-every-message.md).
    for (let index = 0; index < nodes.length; index += 1) nodes[index]!.publication(publication);
  }

  /** Written out: with spreads, each would get a hidden class of its own, at several times the price. */
  #make(data: Json, { from, tags }: PublishOptions, offset: number, time: number): Publication {
    const { room, epoch } = this;
    if (tags !== undefined) {
      return from === undefined
        ? { room, data, offset, epoch, time, tags }
        : { room, data, offset, epoch, time, from, tags };
    }
    return from === undefined
      ? { room, data, offset, epoch, time }
      : { room, data, offset, epoch, time, from };
  }
}

/** Whether a reader's epoch is not the one of the stream. An empty one fits any. */
function isOther(asked: string | undefined, epoch: string): boolean {
  return asked !== undefined && asked !== '' && asked !== epoch;
}
