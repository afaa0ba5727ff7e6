/** The messages between actors, as lanes and rows. */

import type { ActorAddress, MachineName, Outside, Party } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { Correspondent, EventRow } from '../events/event-rows.ts';

export interface Lane {
  readonly key: string;
  /** The kind of the actor; without an id, the lane is shared by actors of the kind. */
  readonly kind: MachineName | Outside;
  readonly id?: string;
}

export interface Sequence {
  readonly lanes: readonly Lane[];
  /** Oldest first. */
  readonly rows: readonly EventRow[];
  /** The lanes that a row connects. */
  readonly endsOf: (row: EventRow) => Ends;
}

export interface Ends {
  /** The index of the lane it comes from; missing when that is not known, and for timers. */
  readonly from: number | undefined;
  /** The index of the lane it goes to, or at which something happened; missing for a gap. */
  readonly to: number | undefined;
}

/** The order of the lanes from left to right: the way of a message. */
const LANE_ORDER: readonly (MachineName | Outside)[] = [
  'http',
  'library',
  'socket',
  'connection',
  'membership',
  'moderation',
  'question',
  'room',
  'handler',
  'store',
  'broker',
  'backend',
  'tarsProxy',
  'servant',
  'delivery',
  'redisLink',
  'server',
];

/** How many actors of the last rows get their own lanes; the others of a kind share one. */
export const MOST_OWN_LANES = 14;
const RECENT_ROWS = 1_000;

/** A timer belongs to its actor and has no lane. */
const TIMER = 'timer';

/**
 * @param own the actor that always has its own lane
 * @param isByActor a lane for each actor, up to a limit, instead of one for each kind
 */
export function toSequence(rows: readonly EventRow[], own: ActorAddress, isByActor: boolean): Sequence {
  const owners = isByActor ? recentActors(rows) : new Set<string>();
  owners.add(keyOf(own));
  const found = new Map<string, Lane>();
  // This runs for thousands of rows with every batch, so it must be fast.
  for (const { sender, receiver } of rows) {
    if (sender !== undefined && sender.key !== TIMER) enter(sender);
    if (receiver !== undefined) enter(receiver);
  }
  const lanes = [...found.values()].sort(
    (a, b) => LANE_ORDER.indexOf(a.kind) - LANE_ORDER.indexOf(b.kind) || compareIds(a.id, b.id),
  );
  const indexes = new Map(lanes.map(({ key }, index) => [key, index]));
  const indexOf = (correspondent: Correspondent | undefined): number | undefined =>
    correspondent && indexes.get(laneKeyOf(correspondent, owners));
  return {
    lanes,
    rows,
    endsOf: ({ sender, receiver }) => ({ from: indexOf(sender), to: indexOf(receiver) }),
  };

  function enter(correspondent: Correspondent): void {
    const key = laneKeyOf(correspondent, owners);
    if (!found.has(key)) found.set(key, toLane(key, correspondent.party));
  }
}

function laneKeyOf({ kind, key }: Correspondent, owners: ReadonlySet<string>): string {
  return owners.has(key) ? key : kind;
}

function toLane(key: string, party: Party): Lane {
  if ('outside' in party) return { key, kind: party.outside };
  return key === party.kind ? { key, kind: party.kind } : { key, kind: party.kind, id: party.id };
}

/** The keys of the actors in the last rows. */
function recentActors(rows: readonly EventRow[]): Set<string> {
  const keys = new Set<string>();
  const first = Math.max(0, rows.length - RECENT_ROWS);
  for (let at = rows.length - 1; at >= first && keys.size < MOST_OWN_LANES; at -= 1) {
    const { sender, receiver } = rows[at]!;
    if (receiver !== undefined) keys.add(receiver.key);
    if (sender !== undefined) keys.add(sender.key);
  }
  return keys;
}

/** The shared lane is to the right of the other lanes of its kind. */
function compareIds(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}
