/** Who said what to whom, as lanes and the messages between them. It knows no picture. */

import type { ActorAddress, MachineName, Outside, Party } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { Correspondent, EventRow } from '../events/event-rows.ts';

export interface Lane {
  readonly key: string;
  /** Whose lane it is; a kind alone stands for all its actors. */
  readonly kind: MachineName | Outside;
  readonly id?: string;
}

export interface Sequence {
  readonly lanes: readonly Lane[];
  /** Oldest first. */
  readonly rows: readonly EventRow[];
  /** Between which lanes a row is a message. */
  readonly endsOf: (row: EventRow) => Ends;
}

export interface Ends {
  /** The lane it comes from, by its index; missing when that cannot be told, and for timers. */
  readonly from: number | undefined;
  /** The lane it goes to, or at which something happened; missing for a gap. */
  readonly to: number | undefined;
}

/** Lanes from left to right, in the order in which a message passes them. */
const LANE_ORDER: readonly (MachineName | Outside)[] = [
  'http',
  'library',
  'socket',
  'connection',
  'membership',
  'moderation',
  'room',
  'handler',
  'store',
  'broker',
  'tarsProxy',
  'servant',
  'server',
];

/** Those that get lanes of their own, of those that were heard of in the last rows; the others of a kind share one. */
export const MOST_OWN_LANES = 14;
const RECENT_ROWS = 1_000;

/** A timer is the actor's own: it has no lane. */
const TIMER = 'timer';

/**
 * @param own the actor that always has its own lane
 * @param isByActor a lane for each actor, as far as that goes, instead of one for each kind
 */
export function toSequence(rows: readonly EventRow[], own: ActorAddress, isByActor: boolean): Sequence {
  const owners = isByActor ? recentActors(rows) : new Set<string>();
  owners.add(keyOf(own));
  const found = new Map<string, Lane>();
  // This is done for thousands of rows with every batch.
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

/** The keys of the actors that were last heard of. */
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

/** All others stand to the right of those of their kind that have a lane of their own. */
function compareIds(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}
