/**
 * The list of all actors, in pages. Each request leads to a walk through all actors. Requests that come before it
 * begins share it. It is done in slices, so that a server with a hundred thousand connections is not blocked.
 */

import type { ActorSummary, CatalogueMessage, CatalogueRequest } from '../feed/feed-protocol.ts';
import type { Clock } from '../../system/clock.ts';
import type { Population } from '../population/population.ts';
import type { ActorReading } from '../summary/actor-reading.ts';
import type { Summaries } from '../summary/summaries.ts';
import { ActorCounter, type Counts } from './actor-counter.ts';
import { Search, type CatalogueQuery } from './search.ts';
import { Shared } from './shared.ts';
import { ALL_ACTIVE, inSlices, joinPlans, walk, type WalkPlan } from './walk.ts';

export interface CatalogueInput {
  readonly population: Population;
  readonly summaries: Summaries;
  /** Failed actors, each once. They are listed in addition to living ones, which may have the same addresses. */
  readonly failures: () => readonly ActorSummary[];
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Lets other work run. */
  readonly yieldTurn: () => Promise<void>;
}

export interface Catalogue {
  ask(request: CatalogueRequest): Promise<CatalogueMessage>;
}

/** One walk through all actors, for all requests that wait for it. */
interface Pass {
  readonly searches: Search[];
  /** Undefined when no request needs the counts. */
  counter: ActorCounter | undefined;
  readonly isDone: Promise<void>;
}

/** A result that equal queries share. */
type Page = Omit<CatalogueMessage, 'type' | 'id' | 'counts'>;

/** A result is shared for at least this time. */
const FRESH_MS = 1_000;

export function createCatalogue(input: CatalogueInput): Catalogue {
  const { population, summaries, failures, clock, yieldTurn } = input;
  const monotonic = (): number => clock.monotonic();
  const pages = new Shared<Page>(FRESH_MS, monotonic);
  const counts = new Shared<Counts>(FRESH_MS, monotonic);
  /** The pass that has not begun yet. */
  let next: Pass | undefined;
  let last: Promise<void> = Promise.resolve();

  /** Passes run one after the other: two at a time would make each slice twice as long. */
  function joinNextPass(): Pass {
    if (next !== undefined) return next;
    const pass: Pass = {
      searches: [],
      counter: undefined,
      isDone: last.then(yieldTurn).then(() => {
        next = undefined;
        return run(pass);
      }),
    };
    last = pass.isDone.catch(() => {});
    next = pass;
    return pass;
  }

  async function run({ searches, counter }: Pass): Promise<void> {
    const wide: Search[] = [];
    const plans: WalkPlan[] = counter === undefined ? [] : [ALL_ACTIVE];
    for (const search of searches) {
      const plan = search.plan(population);
      if (plan.connection !== undefined) {
        await follow(plan, (reading) => search.visit(reading));
        continue;
      }
      wide.push(search);
      plans.push(plan);
    }
    await follow(joinPlans(plans), (reading) => {
      counter?.visit(reading);
      for (const search of wide) search.visit(reading);
    });
    if (counter === undefined) return;
    await inSlices(population.directory.rooms.values(), yieldTurn, ({ record }) =>
      counter.countResting(record.roster.joined.size),
    );
  }

  function follow(plan: WalkPlan, visit: (reading: ActorReading) => void): Promise<void> {
    return inSlices(walk(population, plan), yieldTurn, (entry) => {
      if (entry !== undefined) visit(summaries.read(entry));
    });
  }

  async function find(query: CatalogueQuery): Promise<Page> {
    const search = new Search(query, summaries);
    const pass = joinNextPass();
    pass.searches.push(search);
    await pass.isDone;
    for (const failed of failures()) search.visitFailed(failed);
    return { at: clock.now(), total: search.total, actors: search.finish() };
  }

  async function count(): Promise<Counts> {
    const pass = joinNextPass();
    const counter = (pass.counter ??= new ActorCounter());
    await pass.isDone;
    return counter.finish(failures());
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

/** Equal for equal queries, whatever the order of their fields. */
function toKey(query: CatalogueQuery): string {
  const { kinds, ...rest } = query;
  return JSON.stringify([kinds?.toSorted(), Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
