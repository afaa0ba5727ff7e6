/** The ids of transitions. The chart has them, and the feed tells by them which were taken. */

import type { AnyTransitionDefinition } from 'xstate';
import type { StatePath } from './chart.ts';

const ids = new WeakMap<AnyTransitionDefinition, string>();

/** The id of the transition at `index` among those of `source` with this descriptor. */
export function nameTransition(source: StatePath, descriptor: string, index: number): string {
  return `${source}|${descriptor}|${index}`;
}

/** The id of a transition that a machine has taken. Copies of a machine have the same ids. */
export function toTransitionId(transition: AnyTransitionDefinition): string {
  const known = ids.get(transition);
  if (known !== undefined) return known;
  const { source, eventType } = transition;
  const siblings = eventType === '' ? source.always : source.transitions.get(eventType);
  const id = nameTransition(source.path.join('.'), eventType, siblings?.indexOf(transition) ?? -1);
  ids.set(transition, id);
  return id;
}
