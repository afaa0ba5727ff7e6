/**
 * Who is in a room: the resting members, the memberships that are awake, and the users who are away.
 * A resting membership is a record whose state is `joined` of the membership machine.
 */

import type { PresentMember } from '../../broker/presence/presence.ts';
import type { StoredMember } from '../../storage/membership-store.ts';
import type { MembershipRef } from './membership.ts';
import type { RoomGrant, Subscriber } from './ports.ts';

/** A membership that rests in `joined`. */
export interface RestingMember {
  readonly subscriber: Subscriber;
  /** Milliseconds since 1970. */
  readonly joinedAt: number;
  /** What a token or the server has said of it in this room. */
  readonly grant: RoomGrant | undefined;
}

/** A membership that is requesting or leaving. */
export interface AwakeMembership {
  readonly subscriber: Subscriber;
  readonly ref: MembershipRef | undefined;
}

/** A user who was a member when an earlier run of the server ended. */
export interface AwayMember extends StoredMember {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly awaySince: number;
}

/** An away member, and how long it is waited for. */
export interface ExpectedMember {
  /** As it is stored: the date since when it is away survives restarts. */
  readonly member: AwayMember;
  /** When it is off the roster, by the monotonic clock of this run. */
  readonly expiresAt: number;
}

/** One line of a room's list of members. */
export interface MemberView {
  /** The connection's id; of an away member, the one it had. */
  readonly id: string;
  readonly user?: string;
  readonly state: 'joined' | 'away';
  /** Milliseconds since 1970. */
  readonly joinedAt: number;
}

/**
 * The list of a room's members: those who are present on any node, in the order of their joins, and who is away. A user who
 * is present is not away.
 */
export function viewMembers(present: readonly PresentMember[], away: Iterable<AwayMember>): MemberView[] {
  const views: MemberView[] = present
    .toSorted((a, b) => a.joinedAt - b.joinedAt)
    .map(({ id, user, joinedAt }) => ({
      state: 'joined',
      joinedAt,
      id,
      ...(user !== undefined && { user }),
    }));
  const here = new Set(present.map(({ user }) => user));
  for (const { id, user, joinedAt } of away) {
    if (!here.has(user)) views.push({ id, user, state: 'away', joinedAt });
  }
  return views;
}

export class Roster {
  readonly joined = new Map<string, RestingMember>();
  readonly awake = new Map<string, AwakeMembership>();
  /** By user: one line each, however many connections the user had. */
  readonly away = new Map<string, ExpectedMember>();
  /** The ids of members who have joined in this turn, and of whose join nobody is told yet. Undefined: none. */
  unannounced: Set<string> | undefined;

  /** Seats that are taken: members, joins under way, and leaves that are not recorded yet. */
  get seats(): number {
    return this.joined.size + this.awake.size;
  }

  awayMembers(): AwayMember[] {
    return Array.from(this.away.values(), ({ member }) => member);
  }

  /** When the next away user is off the roster, by the monotonic clock; undefined when no user is away. */
  nextExpiry(): number | undefined {
    let earliest: number | undefined;
    for (const { expiresAt } of this.away.values()) {
      if (earliest === undefined || expiresAt < earliest) earliest = expiresAt;
    }
    return earliest;
  }
}
