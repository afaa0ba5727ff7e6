/** Log entries as rows: filtered, and with repeats folded into one row. */

import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import type { FeedItem, Party } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import { nameOf, RAW_NAMES, type EventNames } from './event-names.ts';
import type { Gap, SeenEntry, SeenLog } from '../watch/seen-log.ts';

export interface EventRow {
  /** The position of the first entry in it, which identifies the row. */
  readonly first: number;
  /** The position of the last entry in it. */
  readonly position: number;
  /** The time of the last entry, in milliseconds since 1970. */
  readonly at: number;
  readonly what: FeedItem | Gap;
  /** The key of the actor that it is about; empty for a gap. */
  readonly key: string;
  /** A short name for what happened; empty for a gap. */
  readonly name: string;
  /** Where it came from, if that is known. */
  readonly sender: Correspondent | undefined;
  /** Where it went to, or the actor that it happened to; undefined for a gap. */
  readonly receiver: Correspondent | undefined;
  /** The states that were entered. */
  readonly entered: readonly StatePath[];
  /** How many events the row stands for; for a gap, how many are missing. */
  readonly count: number;
}

/** A party, with its key, which is compared often. */
export interface Correspondent {
  readonly party: Party;
  readonly key: string;
  /** For a party outside of the server, the same as the key. */
  readonly kind: string;
}

export interface EventRowOptions {
  /** Which entries are shown, by entry and name; gaps always are. Default: all. */
  readonly accepts?: (entry: SeenEntry, name: string) => boolean;
  /** Default: the name of an event is its type. */
  readonly names?: EventNames;
}

/** The rows of a log that grows: each entry is read once. */
export class EventFold {
  readonly #accepts: (entry: SeenEntry, name: string) => boolean;
  readonly #names: EventNames;
  /** By their keys. Thousands of rows share the same few parties, and comparing the same objects is fast. */
  readonly #parties = new Map<string, Correspondent>();
  #rows: EventRow[] = [];
  #last = 0;

  constructor({ accepts = () => true, names = RAW_NAMES }: EventRowOptions = {}) {
    this.#accepts = accepts;
    this.#names = names;
  }

  /** The rows of a log, oldest first. Later calls must pass the same log after it has grown, or a copy of it. */
  of(log: SeenLog): readonly EventRow[] {
    // Entries between those that were read and those that are still kept were dropped.
    if (log.first > this.#last + 1 || log.last < this.#last) this.#rows = [];
    if (log.last < this.#last) this.#last = 0;
    for (const entry of log.slice(this.#last + 1)) this.#add(entry);
    this.#last = log.last;
    const kept = this.#rows.findIndex(({ position }) => position >= log.first);
    this.#rows = kept === -1 ? [] : this.#rows.slice(kept);
    return this.#rows;
  }

  #add(entry: SeenEntry): void {
    const { position, at, what, key, entered = NONE } = entry;
    const name = what.type === 'gap' ? '' : nameOf(what, this.#names);
    if (what.type !== 'gap' && !this.#accepts(entry, name)) return;
    const { sender, receiver } = this.#endsOf(what);
    const before = this.#rows.at(-1);
    const repeated = before !== undefined && isRepeat(before, what, sender, receiver) ? before : undefined;
    // Not spread: objects of one shape are read much faster.
    const row: EventRow = {
      first: repeated?.first ?? position,
      position,
      at,
      what,
      key,
      name,
      sender,
      receiver,
      entered,
      count: (repeated?.count ?? 0) + countOf(what),
    };
    if (repeated === undefined) this.#rows.push(row);
    else this.#rows[this.#rows.length - 1] = row;
  }

  #endsOf(what: FeedItem | Gap): Pick<EventRow, 'sender' | 'receiver'> {
    switch (what.type) {
      case 'gap':
        return { sender: undefined, receiver: undefined };
      case 'transition':
        return { sender: what.source && this.#know(what.source), receiver: this.#know(what.actor) };
      case 'effect':
        return { sender: this.#know(what.actor), receiver: this.#know(what.to) };
      case 'started':
      case 'rested':
      case 'ended':
      case 'failed':
        return { sender: undefined, receiver: this.#know(what.actor) };
    }
  }

  #know(party: Party): Correspondent {
    const key = 'outside' in party ? party.outside : keyOf(party);
    const known = this.#parties.get(key);
    if (known !== undefined) return known;
    if (this.#parties.size > MOST_PARTIES) this.#parties.clear();
    const made = { party, key, kind: 'outside' in party ? party.outside : party.kind };
    this.#parties.set(key, made);
    return made;
  }
}

const NONE: readonly StatePath[] = [];

/** The parties are kept for speed only, so the map may be cleared at any time. */
const MOST_PARTIES = 2_000;

/** The row that shows a moment: the last one that begins at or before it; -1 if there is none. */
export function rowAt(rows: readonly EventRow[], position: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.first <= position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function countOf(what: FeedItem | Gap): number {
  if (what.type === 'gap') return what.count;
  return 'repeat' in what ? (what.repeat ?? 1) : 1;
}

/** Whether an entry repeats the row. A change of states, a start or an end always has its own row. */
function isRepeat(
  { what: before, sender: beforeFrom, receiver: beforeTo }: EventRow,
  what: FeedItem | Gap,
  from: Correspondent | undefined,
  to: Correspondent | undefined,
): boolean {
  if (beforeFrom?.key !== from?.key || beforeTo?.key !== to?.key) return false;
  if (before.type === 'gap' && what.type === 'gap') return before.reason === what.reason;
  if (before.type === 'effect' && what.type === 'effect') return before.action === what.action;
  return (
    before.type === 'transition' &&
    what.type === 'transition' &&
    before.event.type === what.event.type &&
    before.states === undefined &&
    what.states === undefined &&
    before.taken.join() === what.taken.join()
  );
}
