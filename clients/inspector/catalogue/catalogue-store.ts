/**
 * The catalogue as the page shows it: the query, the rows in view, the counts. It asks once a second while the page
 * is visible, at once when the query changes, and one request at a time.
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
/** Rows in one request. */
export const PAGE_ROWS = 100;
/** Rows further than this from the requested ones are dropped. */
const KEPT_ROWS = 3 * PAGE_ROWS;
/** The offset of a request is a multiple of this, so slow scrolling does not send a request for each row. */
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

/** A new object with each query and each answer. */
export interface CatalogueView {
  readonly query: CatalogueQuery;
  /** Actors that match; undefined before the first answer to the query. */
  readonly total: number | undefined;
  /** By index; rows that are not loaded are missing. */
  readonly rows: ReadonlyMap<number, ActorSummary>;
  readonly counts: CatalogueMessage['counts'] | undefined;
  /** Nodes that have not answered. */
  readonly missingNodes: number;
  /** The time of the answer, by the server's clock, in milliseconds since 1970. */
  readonly at: number;
  /** Why the server refused the query. */
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
      missingNodes: 0,
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

  /** Nothing is requested while the page is hidden. */
  setVisible(isVisible: boolean): void {
    this.#polling.setVisible(isVisible);
  }

  /** Changes the query; the loaded rows are dropped. */
  setQuery(change: Partial<CatalogueQuery>): void {
    const query = { ...this.getView().query, ...change };
    this.#change({ query, rows: new Map(), total: undefined, error: undefined });
    this.#window = { start: 0, end: 0 };
    this.#polling.refresh();
  }

  /** Sets which rows are in view. */
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
    // The query may have changed since the request: then this answer is for an old query.
    const isCurrent = query === this.getView().query;
    if (outcome.type === 'refused') {
      if (isCurrent) this.#change({ error: outcome.error, rows: new Map(), total: 0 });
      return;
    }
    const { at, counts, total, actors, missingNodes = 0 } = outcome.answer;
    this.history.add({ at, counts });
    if (!isCurrent) return this.#change({ at, counts });
    const rows = new Map<number, ActorSummary>();
    for (const [index, actor] of this.getView().rows) {
      if (Math.abs(index - offset) < KEPT_ROWS && index < total) rows.set(index, actor);
    }
    actors.forEach((actor, index) => rows.set(offset + index, actor));
    this.#change({ at, counts, missingNodes, total, rows, error: undefined });
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
