/** The filter of events. */

import { nameOf } from './event-names.ts';
import type { SeenEntry } from '../watch/seen-log.ts';

export interface EventFilter {
  /** Searched in the name and in the type of an event, without regard to case. */
  readonly text: string;
  /** Only changes of states, and actors that start and end. */
  readonly changesOnly: boolean;
}

export const NO_FILTER: EventFilter = { text: '', changesOnly: false };

/** Creates the function that decides, for an entry that is no gap and its name, whether it is shown. */
export function createAcceptance(filter: EventFilter): (entry: SeenEntry, name: string) => boolean {
  const wanted = filter.text.trim().toLowerCase();
  return ({ what, entered }, name) => {
    if (filter.changesOnly && entered === undefined) return false;
    if (wanted === '' || name.toLowerCase().includes(wanted)) return true;
    return what.type !== 'gap' && nameOf(what).toLowerCase().includes(wanted);
  };
}
