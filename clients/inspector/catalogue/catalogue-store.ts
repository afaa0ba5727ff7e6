/**
 * The catalogue as the page shows it: what is asked for, the rows that are in sight, the counts. It asks once a
 * second while somebody looks, at once when something else is asked for, and one thing at a time.
 */

import type {
  ActorStatus,
  ActorSummary,
  CatalogueMessage,
  MachineName,
} from '../../../src/inspect/feed/feed-protocol.ts';
import type { Clock } from '../../shared/clock.ts';
import { createPolling, type Polling } from '../../shared/polling.ts';
import { CountHistory } from './count-history.ts';
import type { FeedClient, Outcome } from '../feed/feed.ts';
import { ViewStore } from '../ui/view-store.ts';
import type { RowWindow } from '../ui/windowing.ts';

export const ASK_INTERVAL_MS = 1_000;
/** Rows that are asked for at a time. */
export const PAGE_ROWS = 100;
/** Rows this far from those in sight are let go. */
const KEPT_ROWS = 3 * PAGE_ROWS;
/** The page's offset is a multiple of this, so that slow scrolling does not ask for every row anew. */
const PAGE_STEP = 25;

export interface CatalogueQuery {
  /** Empty: all. */
  readonly kinds: readonly MachineName[];
  readonly state: string;
  readonly status: ActorStatus | '';
  readonly search: string;
  /** Empty: by kind, then by id. */
  readonly sort: string;
  readonly descending: boolean;
}

export const EVERYBODY: CatalogueQuery = {
  kinds: [],
  state: '',
  status: '',
  search: '',
  sort: '',
  descending: false,
};

/** A new object with each answer and each question. */
export interface CatalogueView {
  readonly query: CatalogueQuery;
  /** Actors that fit; undefined before the first answer to the query. */
  readonly total: number | undefined;
  /** By index; those that were not asked for yet are missing. */
  readonly rows: ReadonlyMap<number, ActorSummary>;
  readonly counts: CatalogueMessage['counts'] | undefined;
  /** When it was so, by the server's clock, in milliseconds since 1970. */
  readonly at: number;
  /** Why the server does not answer the query. */
  readonly error: string | undefined;
}

export class CatalogueStore extends ViewStore<CatalogueView> {
  readonly history = new CountHistory();
  readonly #client: Pick<FeedClient, 'ask' | 'subscribe' | 'state'>;
  readonly #polling: Polling;
  #window: RowWindow = { start: 0, end: 0 };

  constructor(client: Pick<FeedClient, 'ask' | 'subscribe' | 'state'>, clock?: Clock) {
    super({
      query: EVERYBODY,
      total: undefined,
      rows: new Map(),
      counts: undefined,
      at: 0,
      error: undefined,
    });
    this.#client = client;
    this.#polling = createPolling({
      ask: () => this.#ask(),
      listener: (answer) => this.#read(answer),
      intervalMs: ASK_INTERVAL_MS,
      clock,
    });
    client.subscribe(() => {
      if (client.state.name === 'ready') this.#polling.refresh();
    });
  }

  /** Nothing is asked while nobody looks. */
  setVisible(isVisible: boolean): void {
    this.#polling.setVisible(isVisible);
  }

  /** Asks for others; the rows of before are forgotten. */
  setQuery(change: Partial<CatalogueQuery>): void {
    const query = { ...this.getView().query, ...change };
    this.#change({ query, rows: new Map(), total: undefined, error: undefined });
    this.#window = { start: 0, end: 0 };
    this.#polling.refresh();
  }

  /** Tells which rows are in sight. */
  setWindow(window: RowWindow): void {
    this.#window = window;
    const { rows, total } = this.getView();
    if (total === undefined) return;
    for (let index = window.start; index < Math.min(window.end, total); index += 1) {
      if (!rows.has(index)) return this.#polling.refresh();
    }
  }

  async #ask(): Promise<Answered> {
    const { query } = this.getView();
    const offset = Math.max(0, Math.floor((this.#window.start - PAGE_STEP) / PAGE_STEP) * PAGE_STEP);
    const { kinds, state, status, search, sort, descending } = query;
    const outcome = await this.#client.ask({
      type: 'catalogue',
      ...(kinds.length > 0 && { kinds }),
      ...(state !== '' && { state }),
      ...(status !== '' && { status }),
      ...(search !== '' && { search }),
      ...(sort !== '' && { sort }),
      ...(descending && { descending }),
      offset,
      limit: PAGE_ROWS,
    });
    return { query, offset, outcome };
  }

  #read({ query, offset, outcome }: Answered): void {
    if (outcome.type === 'unanswered') return;
    // The person may have asked for something else meanwhile: then this answers an old question.
    const isCurrent = query === this.getView().query;
    if (outcome.type === 'refused') {
      if (isCurrent) this.#change({ error: outcome.error, rows: new Map(), total: 0 });
      return;
    }
    const { at, counts, total, actors } = outcome.answer;
    this.history.add({ at, counts });
    if (!isCurrent) return this.#change({ at, counts });
    const rows = new Map<number, ActorSummary>();
    for (const [index, actor] of this.getView().rows) {
      if (Math.abs(index - offset) < KEPT_ROWS && index < total) rows.set(index, actor);
    }
    actors.forEach((actor, index) => rows.set(offset + index, actor));
    this.#change({ at, counts, total, rows, error: undefined });
  }

  #change(change: Partial<CatalogueView>): void {
    this.show({ ...this.getView(), ...change });
  }
}

interface Answered {
  readonly query: CatalogueQuery;
  readonly offset: number;
  readonly outcome: Outcome<CatalogueMessage>;
}
