/**
 * The list of all actors, a page at a time. It looks when somebody asks, once for all who have asked by then, and
 * in slices, so that a server of a hundred thousand connections goes on.
 */

import type { ActorSummary, CatalogueMessage, CatalogueRequest } from '../feed/feed-protocol.ts';
import type { Population } from '../population/population.ts';
import type { Sighting } from '../summary/sighting.ts';
import type { Summaries } from '../summary/summaries.ts';
import { Census, type Counts } from './census.ts';
import { Search, type CatalogueQuery } from './search.ts';
import { Shared } from './shared.ts';
import { EVERYBODY_ACTIVE, inSlices, joinRoutes, walk, type Route } from './walk.ts';

export interface CatalogueInput {
  readonly population: Population;
  readonly summaries: Summaries;
  /** Actors that have failed, each once. They are listed besides those that live, perhaps under the same names. */
  readonly failures: () => readonly ActorSummary[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Lets others have their turn. */
  readonly yieldTurn: () => Promise<void>;
}

export interface Catalogue {
  ask(request: CatalogueRequest): Promise<CatalogueMessage>;
}

/** One walk through those who live in the server, for all who wait for it. */
interface Look {
  readonly searches: Search[];
  /** Not there when nobody wants the counts. */
  census: Census | undefined;
  readonly isDone: Promise<void>;
}

/** What was found, for whoever asks the same. */
type Page = Omit<CatalogueMessage, 'type' | 'id' | 'counts'>;

/** How long what was found is good for others, at least. */
const FRESH_MS = 1_000;

export function createCatalogue(input: CatalogueInput): Catalogue {
  const { population, summaries, failures, now, yieldTurn } = input;
  const pages = new Shared<Page>(FRESH_MS, now);
  const counts = new Shared<Counts>(FRESH_MS, now);
  /** The look that is not taken yet. */
  let next: Look | undefined;
  let last: Promise<void> = Promise.resolve();

  /** Looks wait for each other: two at a time would make each turn twice as long. */
  function joinNextLook(): Look {
    if (next !== undefined) return next;
    const look: Look = {
      searches: [],
      census: undefined,
      isDone: last.then(yieldTurn).then(() => {
        next = undefined;
        return take(look);
      }),
    };
    last = look.isDone.catch(() => {});
    next = look;
    return look;
  }

  async function take({ searches, census }: Look): Promise<void> {
    const wide: Search[] = [];
    const routes: Route[] = census === undefined ? [] : [EVERYBODY_ACTIVE];
    for (const search of searches) {
      const route = search.route(population);
      if (route.connection !== undefined) {
        await follow(route, (sighting) => search.meet(sighting));
        continue;
      }
      wide.push(search);
      routes.push(route);
    }
    await follow(joinRoutes(routes), (sighting) => {
      census?.meet(sighting);
      for (const search of wide) search.meet(sighting);
    });
    if (census === undefined) return;
    await inSlices(population.directory.rooms.values(), yieldTurn, ({ record }) =>
      census.meetResting(record.roster.joined.size),
    );
  }

  function follow(route: Route, meet: (sighting: Sighting) => void): Promise<void> {
    return inSlices(walk(population, route), yieldTurn, (inhabitant) => {
      if (inhabitant !== undefined) meet(summaries.sight(inhabitant));
    });
  }

  async function find(query: CatalogueQuery): Promise<Page> {
    const search = new Search(query, summaries);
    const look = joinNextLook();
    look.searches.push(search);
    await look.isDone;
    for (const failed of failures()) search.meetFailed(failed);
    return { at: now(), total: search.total, actors: search.finish() };
  }

  async function count(): Promise<Counts> {
    const look = joinNextLook();
    const census = (look.census ??= new Census());
    await look.isDone;
    return census.finish(failures());
  }

  return {
    async ask({ type, id, ...query }) {
      const [page, all] = await Promise.all([
        pages.obtain(toKey(query), () => find(query)),
        counts.obtain('', count),
      ]);
      return { type, id, ...page, counts: all };
    },
  };
}

/** The same for queries that ask the same, whatever the order of their fields. */
function toKey(query: CatalogueQuery): string {
  const { kinds, ...rest } = query;
  return JSON.stringify([kinds?.toSorted(), Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
