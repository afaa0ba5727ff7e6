/** The data of a room. It stays when the machine of the room fails and is restarted. */

import type { LoadedRoom, StoredMember } from '../../storage/membership-store.ts';
import { Journal, type Durability } from './journal.ts';
import type { Moderations } from './moderation.ts';
import { RateMeter } from '../../system/rate-meter.ts';
import type { RoomOptions } from './room-options.ts';
import { Roster, type AwayMember } from './roster.ts';

export interface RoomRecord {
  readonly name: string;
  readonly options: RoomOptions;
  readonly roster: Roster;
  readonly journal: Journal;
  /** Messages that the room's handler has not judged yet. */
  readonly moderations: Moderations;
  /** Present when the room limits its connections' messages. */
  readonly meter: RateMeter | undefined;
  /** Messages that were given to the handler so far. */
  judged: number;
  /** Whether the store was asked who was here, and answered. */
  loaded: boolean;
  /** Whether the store may have members that no node looks after, and is to be read again. */
  orphaned: boolean;
  /** Whether the room was announced as opened. */
  opened: boolean;
  muted: boolean;
  /** Whether there has been a member, or a user who is away. */
  hadMembers: boolean;
  /** Whether the outside was told that the room has members. */
  occupied: boolean;
  /** Whether this node hears the room's stream; a promise while the broker has yet to answer. */
  subscription: 'none' | 'made' | Promise<void>;
}

/** @param startedAt now, by the monotonic clock */
export function createRoomRecord(
  name: string,
  options: RoomOptions,
  { durability, startedAt, muted }: { durability: Durability; startedAt: number; muted: boolean },
): RoomRecord {
  const { messagesPerSecond } = options;
  return {
    name,
    options,
    roster: new Roster(),
    journal: new Journal(durability),
    meter: messagesPerSecond === undefined ? undefined : new RateMeter(messagesPerSecond, startedAt),
    moderations: new Map(),
    judged: 0,
    loaded: false,
    orphaned: false,
    opened: false,
    muted,
    hadMembers: false,
    occupied: false,
    subscription: 'none',
  };
}

/** What was found in the store of an earlier run, or of a node that runs no more. None of them has a socket any more. */
export interface Leftovers {
  /** Those who had a connection when it ended. A shutdown lets the records of users stay as they are. */
  readonly present: ReadonlySet<string>;
  readonly swept: readonly StoredMember[];
  readonly away: readonly AwayMember[];
}

/** @param now the date */
export function sortLeftovers(
  { members, present = [] }: LoadedRoom,
  { roster, journal }: Pick<RoomRecord, 'roster' | 'journal'>,
  now: number,
): Leftovers {
  const isOwn = ({ id, user }: StoredMember): boolean =>
    roster.joined.has(id) ||
    roster.awake.has(id) ||
    // It has left, or is away, and the store does not know yet.
    journal.has(id) ||
    (user !== undefined && roster.away.get(user)?.member.id === id);
  // A room that is read when it has members already meets them in what it reads.
  const found = members.filter((member) => !isOwn(member));
  const elsewhere = new Set(present);
  const swept: StoredMember[] = [];
  const away = new Map<string, AwayMember>();
  for (const member of found) {
    const { user } = member;
    if (user === undefined || away.has(user) || roster.away.has(user) || elsewhere.has(user))
      swept.push(member);
    else away.set(user, { ...member, user, awaySince: member.awaySince ?? now });
  }
  const had = found.filter(({ awaySince }) => awaySince === undefined).map(({ id }) => id);
  return { present: new Set(had), swept, away: [...away.values()] };
}
