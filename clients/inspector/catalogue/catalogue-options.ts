/** The values that the catalogue can be filtered and sorted by at the moment. */

import type { ActorSummary, CatalogueMessage } from '../../../src/inspect/feed/feed-protocol.ts';
import { MACHINE_NAMES } from '../names/address.ts';
import type { CatalogueQuery } from './catalogue-store.ts';

export interface StateOption {
  readonly state: string;
  /** Actors in it; missing for a state that has inner states. */
  readonly count?: number;
  readonly depth: number;
}

/** The states that actors of the chosen kinds are in, with the states around them, and always the chosen one. */
export function statesToFilter(
  { kinds, state: chosen }: Pick<CatalogueQuery, 'kinds' | 'state'>,
  counts: CatalogueMessage['counts'] | undefined,
): StateOption[] {
  const found = new Map<string, number | undefined>(chosen === '' ? [] : [[chosen, undefined]]);
  for (const kind of kinds.length === 0 ? MACHINE_NAMES : kinds) {
    for (const [leaf, count] of Object.entries(counts?.[kind].states ?? {})) {
      for (const ancestor of ancestorsOf(leaf)) if (!found.has(ancestor)) found.set(ancestor, undefined);
      found.set(leaf, (found.get(leaf) ?? 0) + count);
    }
  }
  return [...found]
    .map(([state, count]) => ({
      state,
      ...(count !== undefined && { count }),
      depth: state.split('.').length - 1,
    }))
    .sort((a, b) => (a.state < b.state ? -1 : 1));
}

/** Names to sort by: those that all actors have, and the figures of the loaded rows. */
export function sortsOf(
  { sort: chosen }: Pick<CatalogueQuery, 'sort'>,
  rows: ReadonlyMap<number, ActorSummary>,
): string[] {
  const names = new Set(['id', 'since', 'states', 'status', 'user']);
  for (const { figures } of rows.values()) for (const name of Object.keys(figures)) names.add(name);
  if (chosen !== '') names.add(chosen);
  return [...names];
}

function ancestorsOf(state: string): string[] {
  const parts = state.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}
