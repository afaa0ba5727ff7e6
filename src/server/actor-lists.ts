/** What the inspectors of several nodes tell each other: pages of their catalogues. */

import type { NodeActors, OtherNodes } from '../inspect/catalogue/nodes-catalogue.ts';
import type { CatalogueQuery } from '../inspect/catalogue/search.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { AllNodes } from '../operations/all-nodes.ts';
import type { NodeInfo } from '../operations/operations.ts';
import type { Json } from '../protocol/command.ts';

export interface ActorListsInput {
  readonly node: string;
  readonly nodeInfo: () => Pick<NodeInfo, 'name'>;
  readonly inspector: Pick<Inspector, 'listActors'> | undefined;
}

export interface ActorLists {
  /** Null where the inspector is turned off. */
  readonly answer: (query: Json) => Json | Promise<Json>;
  readonly others: (nodes: Pick<AllNodes, 'survey'>) => OtherNodes;
}

export function createActorLists({ node, nodeInfo, inspector }: ActorListsInput): ActorLists {
  return {
    async answer(query) {
      if (inspector === undefined) return null;
      const found = await inspector.listActors(query as CatalogueQuery);
      return { node, name: nodeInfo().name, ...found } as unknown as Json;
    },
    others: (nodes) => ({
      node,
      async ask(query) {
        const found = await nodes.survey(
          { type: 'actors', query: query as Json },
          ({ answers, missing }) => ({
            answers: answers.filter((one) => one !== null) as unknown as readonly NodeActors[],
            missing,
          }),
        );
        return 'refusal' in found ? undefined : found;
      },
    }),
  };
}
