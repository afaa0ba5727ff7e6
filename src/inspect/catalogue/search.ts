/** One request for the catalogue: who fits, and which of them stand on the page that was asked for. */

import type { StatePath } from '../chart/chart.ts';
import type {
  ActorAddress,
  ActorStatus,
  ActorSummary,
  CatalogueRequest,
  MachineName,
} from '../feed/feed-protocol.ts';
import type { Population } from '../population/population.ts';
import type { Figures } from '../summary/figures.ts';
import { isWithin, type LeafStates } from '../summary/leaf-states.ts';
import { sinceOf, statusOf, type ActorReading } from '../summary/actor-reading.ts';
import type { Summaries } from '../summary/summaries.ts';
import { KIND_ORDER } from '../population/machine-names.ts';
import { TopList } from './top-list.ts';
import type { WalkPlan } from './walk.ts';

const DEFAULT_LIMIT = 100;

/** What is asked for, without the number of the request. */
export type CatalogueQuery = Omit<CatalogueRequest, 'type' | 'id'>;

/** Who fits, with what the page is sorted by. */
interface Hit {
  readonly address: ActorAddress;
  readonly key: SortKey;
  /** Where the line of the page comes from; a failed actor has left its summary only. */
  readonly from: ActorReading | ActorSummary;
}

type SortKey = string | number | undefined;

/** Reads what a page is filtered and sorted by, each when it is needed. */
interface Reader<From> {
  address(from: From): ActorAddress;
  states(from: From): LeafStates;
  status(from: From): ActorStatus;
  since(from: From): number;
  user(from: From): string | undefined;
  figures(from: From): Figures;
}

const FAILED: Reader<ActorSummary> = {
  address: (failed) => failed,
  states: ({ states }) => ({ paths: states }),
  status: ({ status }) => status,
  since: ({ since }) => since,
  user: ({ user }) => user,
  figures: ({ figures }) => figures,
};

export class Search {
  readonly #query: CatalogueQuery;
  readonly #summaries: Summaries;
  readonly #living: Reader<ActorReading>;
  /** In lower case. */
  readonly #needle: string;
  readonly #offset: number;
  readonly #page: TopList<Hit>;
  /** Whether a combination of states fits, looked up once for each. */
  readonly #fitting = new Map<LeafStates, boolean>();
  /** Who fits so far. */
  total = 0;

  constructor(query: CatalogueQuery, summaries: Summaries) {
    const { offset = 0, limit = DEFAULT_LIMIT, descending = false } = query;
    this.#query = query;
    this.#summaries = summaries;
    this.#living = {
      address: ({ entry }) => entry.address,
      states: ({ states }) => states,
      status: statusOf,
      since: sinceOf,
      user: (reading) => summaries.userOf(reading),
      figures: (reading) => summaries.figuresOf(reading),
    };
    this.#needle = query.search?.toLowerCase() ?? '';
    this.#offset = offset;
    this.#page = new TopList(offset + limit, descending ? compareDescending : compareAscending);
  }

  /** Where somebody who fits may be met; nothing is wrong with meeting others too. */
  plan({ directory }: Population): WalkPlan {
    const { kinds, status, search = '' } = this.#query;
    const visits = (kind: MachineName): boolean => kinds?.includes(kind) ?? true;
    const connection = UUID.exec(search)?.[0];
    return {
      visits,
      active: status !== 'resting' && status !== 'failed',
      resting: (status === undefined || status === 'resting') && visits('membership'),
      // Nobody else's id holds a whole one of a connection.
      connection: connection !== undefined && directory.connections.has(connection) ? connection : undefined,
    };
  }

  visit(reading: ActorReading): void {
    this.#judge(reading, this.#living);
  }

  visitFailed(failed: ActorSummary): void {
    this.#judge(failed, FAILED);
  }

  /** The page, when everybody was met. */
  finish(): ActorSummary[] {
    // Whoever moved on in the middle of the walk, as from joining to resting, may have been met twice.
    const actors = new Map<string, ActorSummary>();
    for (const { from } of this.#page.takeFrom(this.#offset)) {
      const actor = 'entry' in from ? this.#summaries.summarize(from) : from;
      actors.set(`${actor.kind} ${actor.status === 'failed'} ${actor.id}`, actor);
    }
    return [...actors.values()];
  }

  #judge<From extends Hit['from']>(from: From, reader: Reader<From>): void {
    const { kinds, state, status, sort } = this.#query;
    const address = reader.address(from);
    if (kinds !== undefined && !kinds.includes(address.kind)) return;
    if (status !== undefined && reader.status(from) !== status) return;
    if (state !== undefined && !this.#isIn(reader.states(from), state)) return;
    if (this.#needle !== '' && !this.#isNamed(address.id, reader.user(from))) return;
    this.total += 1;
    this.#page.offer({ address, key: keyOf(from, reader, sort), from });
  }

  #isIn(states: LeafStates, state: StatePath): boolean {
    let fits = this.#fitting.get(states);
    if (fits === undefined) {
      fits = isWithin(states, state);
      this.#fitting.set(states, fits);
    }
    return fits;
  }

  #isNamed(id: string, user: string | undefined): boolean {
    return holds(id, this.#needle) || (user !== undefined && holds(user, this.#needle));
  }
}

/** As the transport names connections. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

function holds(text: string, needle: string): boolean {
  return text.includes(needle) || text.toLowerCase().includes(needle);
}

function keyOf<From>(from: From, reader: Reader<From>, sort: string | undefined): SortKey {
  switch (sort) {
    case undefined:
    case 'kind':
      return KIND_ORDER[reader.address(from).kind];
    case 'id':
      return reader.address(from).id;
    case 'status':
      return reader.status(from);
    case 'states':
      return reader.states(from).paths.join(' ');
    case 'since':
      return reader.since(from);
    case 'user':
      return reader.user(from);
    default: {
      const figures = reader.figures(from);
      return Object.hasOwn(figures, sort) ? figures[sort] : undefined;
    }
  }
}

function compareAscending(a: Hit, b: Hit): number {
  return compareMissing(a, b) || compareKeys(a.key, b.key) || compareAddresses(a, b);
}

function compareDescending(a: Hit, b: Hit): number {
  return compareMissing(a, b) || compareKeys(b.key, a.key) || compareAddresses(a, b);
}

/** Those without a key come last, whichever way the others are sorted. */
function compareMissing(a: Hit, b: Hit): number {
  return Number(a.key === undefined) - Number(b.key === undefined);
}

/** All keys of a search are of one type. */
function compareKeys(a: SortKey, b: SortKey): number {
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b ? -1 : 1;
}

function compareAddresses({ address: a }: Hit, { address: b }: Hit): number {
  return KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || compareKeys(a.id, b.id);
}
