/** What a room is doing, in the words of a person. */

import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import type { ActorSummary } from '../../../src/inspect/feed/feed-protocol.ts';
import { formatCount } from '../ui/format.ts';

/** The state of a room in which only the server publishes. */
export const MUTED_STATE: StatePath = 'active.broadcast.muted';

/** Such as `2 members`, `full, 50 members`, `empty`, `muted, 2 members`, `closing`. */
export function describeRoom({ states, figures }: Pick<ActorSummary, 'states' | 'figures'>): string {
  const [first = ''] = states;
  if (!first.startsWith('active.')) return first.split('.')[0] ?? first;
  const members = figures['members'] ?? 0;
  const words = members === 0 ? 'empty' : members === 1 ? '1 member' : `${formatCount(members)} members`;
  const notes = [
    states.includes(MUTED_STATE) && 'muted',
    states.includes('active.occupancy.full') && 'full',
    states.some((state) => state.startsWith('active.journal.failing')) && 'not stored',
  ];
  return [...notes.filter((note) => note !== false), words].join(', ');
}
