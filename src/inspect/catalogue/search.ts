/** One request to the catalogue: which actors match, and which of them are on the requested page. */

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
import { statusOf, type ActorReading } from '../summary/actor-reading.ts';
import type { Summaries } from '../summary/summaries.ts';
import { KIND_ORDER } from '../population/machine-names.ts';
import { TopList } from '../lists/top-list.ts';
import type { WalkPlan } from './walk.ts';

const DEFAULT_LIMIT = 100;

/** The request without its id. */
export type CatalogueQuery = Omit<CatalogueRequest, 'type' | 'id'>;

/** An actor that matches, with its sort key. */
interface Hit {
  readonly address: ActorAddress;
  readonly key: SortKey;
  /** What its line is made from. Of a failed actor only the summary is left. */
  readonly from: ActorReading | ActorSummary;
}

type SortKey = string | number | undefined;

/** Reads the fields for filters and sorting, each only when it is needed. */
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
  /** Whether a combination of states matches, computed once for each. */
  readonly #matching = new Map<LeafStates, boolean>();
  /** How many match so far. */
  total = 0;

  constructor(query: CatalogueQuery, summaries: Summaries) {
    const { offset = 0, limit = DEFAULT_LIMIT, descending = false } = query;
    this.#query = query;
    this.#summaries = summaries;
    this.#living = {
      address: ({ entry }) => entry.address,
      states: ({ states }) => states,
      status: statusOf,
      since: (reading) => summaries.sinceOf(reading),
      user: (reading) => summaries.userOf(reading),
      figures: (reading) => summaries.figuresOf(reading),
    };
    this.#needle = query.search?.toLowerCase() ?? '';
    this.#offset = offset;
    this.#page = new TopList(offset + limit, descending ? compareDescending : compareAscending);
  }

  /** Which actors have to be visited. It may visit more than match. */
  plan({ directory }: Population): WalkPlan {
    const { kinds, status, search = '' } = this.#query;
    const visits = (kind: MachineName): boolean => kinds?.includes(kind) ?? true;
    const connection = UUID.exec(search)?.[0];
    return {
      visits,
      active: status !== 'resting' && status !== 'failed',
      resting: (status === undefined || status === 'resting') && visits('membership'),
      // Only this connection and its memberships have the id of the connection in theirs.
      connection: connection !== undefined && directory.connections.has(connection) ? connection : undefined,
    };
  }

  visit(reading: ActorReading): void {
    this.#consider(reading, this.#living);
  }

  visitFailed(failed: ActorSummary): void {
    this.#consider(failed, FAILED);
  }

  /** Takes what the search of another node has found: so many actors, and the first of them. */
  join(total: number, actors: readonly ActorSummary[]): void {
    this.total += total;
    for (const actor of actors) {
      this.#page.offer({ address: actor, key: keyOf(actor, FAILED, this.#query.sort), from: actor });
    }
  }

  /** The page, after all actors were visited. */
  finish(): ActorSummary[] {
    // An actor that has changed during the walk, as from joining to resting, may have been visited twice.
    const actors = new Map<string, ActorSummary>();
    for (const { from } of this.#page.takeFrom(this.#offset)) {
      const actor = 'entry' in from ? this.#summaries.summarize(from) : from;
      actors.set(`${actor.kind} ${actor.status === 'failed'} ${actor.node ?? ''} ${actor.id}`, actor);
    }
    return [...actors.values()];
  }

  #consider<From extends Hit['from']>(from: From, reader: Reader<From>): void {
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
    let matches = this.#matching.get(states);
    if (matches === undefined) {
      matches = isWithin(states, state);
      this.#matching.set(states, matches);
    }
    return matches;
  }

  #isNamed(id: string, user: string | undefined): boolean {
    return holds(id, this.#needle) || (user !== undefined && holds(user, this.#needle));
  }
}

/** The form of connection ids. */
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

/** Actors without a key come last in both directions. */
function compareMissing(a: Hit, b: Hit): number {
  return Number(a.key === undefined) - Number(b.key === undefined);
}

/** All keys of one search have the same type. */
function compareKeys(a: SortKey, b: SortKey): number {
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b ? -1 : 1;
}

function compareAddresses({ address: a }: Hit, { address: b }: Hit): number {
  return KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || compareKeys(a.id, b.id);
}
