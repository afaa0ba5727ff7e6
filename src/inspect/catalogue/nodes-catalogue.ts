/** The catalogue of all nodes: each finds its first actors, and they are put together here. */

import type { ActorSummary, CatalogueMessage, CatalogueRequest } from '../feed/feed-protocol.ts';
import type { Summaries } from '../summary/summaries.ts';
import { addCounts, type Counts } from './actor-counter.ts';
import type { Catalogue } from './catalogue.ts';
import { Search, type CatalogueQuery } from './search.ts';

/** What a node says of its actors. All of it is JSON. */
export interface NodeActors {
  /** Its id, and the name by which people know it. */
  readonly node: string;
  readonly name: string;
  readonly total: number;
  readonly actors: readonly ActorSummary[];
  readonly counts: Counts;
}

/** The other nodes, as the inspector asks them. */
export interface OtherNodes {
  readonly node: string;
  /** Asks all nodes, this one included. Nothing when they cannot be reached. */
  ask(query: CatalogueQuery): Promise<{ answers: readonly NodeActors[]; missing: number } | undefined>;
}

/** Most actors that a node finds for another one: pages further on are those of a search that is too wide. */
const MAX_ACTORS = 1_000;
const DEFAULT_LIMIT = 100;

export function createNodesCatalogue(
  own: Catalogue,
  summaries: Summaries,
  others: () => OtherNodes | undefined,
): Catalogue {
  return {
    async ask(request: CatalogueRequest): Promise<CatalogueMessage> {
      const nodes = others();
      if (nodes === undefined) return own.ask(request);
      const { type, id, ...query } = request;
      const { offset = 0, limit = DEFAULT_LIMIT } = query;
      const asked = { ...query, offset: 0, limit: Math.min(offset + limit, MAX_ACTORS) };
      const [mine, found] = await Promise.all([own.ask({ type, id, ...asked }), nodes.ask(asked)]);
      const elsewhere = found?.answers.filter(({ node }) => node !== nodes.node) ?? [];
      const search = new Search(query, summaries);
      search.join(mine.total, mine.actors);
      for (const { name, total, actors } of elsewhere) {
        search.join(
          total,
          actors.map((actor) => ({ ...actor, node: name })),
        );
      }
      return {
        ...mine,
        total: search.total,
        actors: search.finish(),
        counts: addCounts([mine.counts, ...elsewhere.map(({ counts }) => counts)]),
        ...((found?.missing ?? 1) > 0 && { missingNodes: found?.missing ?? 1 }),
      };
    },
  };
}
