/** The data of a room. It stays when the machine of the room fails and is restarted. */

import type { StoredMember } from '../../storage/membership-store.ts';
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
  /** Whether the room was announced as opened. */
  opened: boolean;
  muted: boolean;
  /** Whether the outside was told that the room has members. */
  occupied: boolean;
  /** Whether this node hears the room's stream; a promise while the broker has yet to answer. */
  subscription: 'none' | 'made' | Promise<void>;
}

/** @param startedAt now, by the monotonic clock */
export function createRoomRecord(
  name: string,
  options: RoomOptions,
  { durability, startedAt }: { durability: Durability; startedAt: number },
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
    opened: false,
    muted: false,
    occupied: false,
    subscription: 'none',
  };
}

/**
 * Who of an earlier run is to be swept, and who is away now; none of them has a socket any more.
 * @param now the date
 */
export function sortLeftovers(
  members: readonly StoredMember[],
  roster: Roster,
  now: number,
): { swept: StoredMember[]; away: AwayMember[] } {
  const swept: StoredMember[] = [];
  const away = new Map<string, AwayMember>();
  for (const member of members) {
    // A room that could not be read at first may meet its own members in what it reads later.
    if (roster.joined.has(member.id) || roster.awake.has(member.id)) continue;
    const { user } = member;
    if (user === undefined || away.has(user) || roster.away.has(user)) swept.push(member);
    else away.set(user, { ...member, user, awaySince: member.awaySince ?? now });
  }
  return { swept, away: [...away.values()] };
}
