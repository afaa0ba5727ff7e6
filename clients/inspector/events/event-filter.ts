/** Which of the things that happened a person wants to see. It knows no page. */

import { nameOf } from './event-names.ts';
import type { SeenEntry } from '../watch/seen-log.ts';

export interface EventFilter {
  /** In what an event is called, or in its type, in any case of letters. */
  readonly text: string;
  /** Only what changed a state, and who came and went. */
  readonly changesOnly: boolean;
}

export const NO_FILTER: EventFilter = { text: '', changesOnly: false };

/** Tells of entries that are no gaps, by what they are called, whether they are shown. */
export function createAcceptance(filter: EventFilter): (entry: SeenEntry, name: string) => boolean {
  const wanted = filter.text.trim().toLowerCase();
  return ({ what, entered }, name) => {
    if (filter.changesOnly && entered === undefined) return false;
    if (wanted === '' || name.toLowerCase().includes(wanted)) return true;
    return what.type !== 'gap' && nameOf(what).toLowerCase().includes(wanted);
  };
}
