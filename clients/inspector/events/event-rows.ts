/** What was seen as rows to be read: filtered, and with repeats in a row folded into one. It knows no page. */

import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import type { FeedItem, Party } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import { nameOf, RAW_NAMES, type EventNames } from './event-names.ts';
import type { Gap, SeenEntry, SeenLog } from '../watch/seen-log.ts';

export interface EventRow {
  /** Of the first entry in it, which names the row. */
  readonly first: number;
  /** Of the last entry in it. */
  readonly position: number;
  /** When the last one was, in milliseconds since 1970. */
  readonly at: number;
  readonly what: FeedItem | Gap;
  /** Of the actor it is about; empty for a gap. */
  readonly key: string;
  /** What happened, in a word or two; empty for a gap. */
  readonly name: string;
  /** Who it came from, where that can be told. */
  readonly sender: Correspondent | undefined;
  /** Who it went to, or to whom it happened; nobody for a gap. */
  readonly receiver: Correspondent | undefined;
  /** The states that were entered. */
  readonly entered: readonly StatePath[];
  /** How many such events stand here; of a gap, how many are missing. */
  readonly count: number;
}

/** A party, with what is compared of it often. */
export interface Correspondent {
  readonly party: Party;
  readonly key: string;
  /** Of somebody outside, the same as the key. */
  readonly kind: string;
}

export interface EventRowOptions {
  /** Which entries are shown, by what they are called; gaps always are. Default: all. */
  readonly accepts?: (entry: SeenEntry, name: string) => boolean;
  /** Default: events have their types for names. */
  readonly names?: EventNames;
}

/** The rows of a log that grows: each entry is looked at once. */
export class EventFold {
  readonly #accepts: (entry: SeenEntry, name: string) => boolean;
  readonly #names: EventNames;
  /** By their keys: thousands of rows name the same few parties, and comparing the same objects is quick. */
  readonly #parties = new Map<string, Correspondent>();
  #rows: EventRow[] = [];
  #last = 0;

  constructor({ accepts = () => true, names = RAW_NAMES }: EventRowOptions = {}) {
    this.#accepts = accepts;
    this.#names = names;
  }

  /** The rows of a log, oldest first; later calls give the same log, with more in it, or a copy of it. */
  of(log: SeenLog): readonly EventRow[] {
    // Between what was looked at and what is kept by now, entries are gone.
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
    // Written out: rows that are all of one shape are read many times as fast as those made by spreading.
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

/** Parties come and go: they are remembered for speed only. */
const MOST_PARTIES = 2_000;

/** The row that shows a moment: the last one that begins before it or at it; -1 when none does. */
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

/** The same thing once more; what changed a state, and what comes and goes, always stands for itself. */
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
