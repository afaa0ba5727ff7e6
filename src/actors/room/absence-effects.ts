/** What a room does about users who are expected back, of an earlier run or after their connections broke; when it does so is the chart's (room.ts). */

import type { MemberInfo } from '../../protocol/command.ts';
import type { LeaveReason } from '../../events/server-events.ts';
import type { LoadedRoom } from '../../storage/membership-store.ts';
import { note } from './journal-effects.ts';
import type { Subscriber } from './ports.ts';
import type { RoomArgs, RoomContext } from './room-events.ts';
import { sortLeftovers, type RoomRecord } from './room-record.ts';

/** Takes up who was a member in an earlier run: anonymous ones are swept, users are away from now on. */
export function absorb({ context }: RoomArgs, { loaded }: { readonly loaded: LoadedRoom | undefined }): void {
  if (loaded === undefined) return;
  const { record, events, absence, clock, awayTtlMs } = context;
  const room = record.name;
  record.loaded = true;
  if (loaded.setAside !== undefined) {
    const { place, reason } = loaded.setAside;
    events.emit('store.failed', { room, error: new Error(reason), setAside: place });
  }
  const now = clock.now();
  const { swept, away } = sortLeftovers(loaded.members, record.roster, now);
  const present = findPresent(loaded, record);
  // Told as vacated when the room has been opened, if nobody is here.
  if (present.size > 0) record.occupied = true;
  for (const { id, user } of swept) {
    note(context, { type: 'remove', id });
    events.emit('member.left', {
      room,
      member: { id, ...(user !== undefined && { user }) },
      reason: 'swept',
    });
  }
  for (const member of away) {
    // Dates count from run to run; within this run only what the monotonic clock measures.
    // A date that is still to come was written while the clock was wrong: it counts as now.
    const leftMs = awayTtlMs - Math.max(0, now - member.awaySince);
    record.roster.away.set(member.user, { member, expiresAt: clock.monotonic() + leftMs });
    absence.add(member.user, room);
    note(context, { type: 'put', member });
    const { id, user } = member;
    if (present.has(id)) events.emit('member.away', { room, member: { id, user } });
  }
}

/** The ids of those who had a connection when the earlier run ended. A shutdown lets the records of users stay as they are. */
function findPresent({ members }: LoadedRoom, { roster: { joined, awake } }: RoomRecord): Set<string> {
  const left = members.filter(({ awaySince }) => awaySince === undefined).map(({ id }) => id);
  return new Set(left.filter((id) => !joined.has(id) && !awake.has(id)));
}

/**
 * Expects a user back whose connection has broken, unless another connection of the user is in the room. False if the
 * user is not expected.
 */
export function expect(context: RoomContext, { id, user }: MemberInfo, joinedAt: number): boolean {
  const { record, absence, clock, events, reconnectMs } = context;
  const { name: room, roster } = record;
  if (user === undefined || reconnectMs === 0 || roster.away.has(user)) return false;
  for (const other of absence.connectionsOf(user)) {
    if (roster.joined.has(other) || roster.awake.has(other)) return false;
  }
  const member = { id, user, joinedAt, awaySince: clock.now() };
  roster.away.set(user, { member, expiresAt: clock.monotonic() + reconnectMs });
  absence.add(user, room);
  note(context, { type: 'put', member });
  context.send({ type: 'room.leftovers' }, context.self);
  events.emit('member.away', { room, member: { id, user } });
  return true;
}

/** Takes a user off the roster of those who are away, who has come back or may not. */
export function endAbsence({ context }: RoomArgs, { subscriber }: { readonly subscriber: Subscriber }): void {
  const { user } = subscriber.member;
  if (user !== undefined) strike(context, user, 'resumed');
}

/** Takes users off the roster who have been away for too long. */
export function expireAway({ context }: RoomArgs): void {
  const { record, clock } = context;
  for (const [user, { expiresAt }] of record.roster.away) {
    if (expiresAt <= clock.monotonic()) strike(context, user, 'expired');
  }
}

/** Takes a user off the roster of those who are away whom the server puts out. The id is that of the connection it had. */
export function kickAway(context: RoomContext, id: string): void {
  for (const { member } of context.record.roster.away.values()) {
    if (member.id !== id) continue;
    strike(context, member.user, 'kicked');
    context.send({ type: 'room.leftovers' }, context.self);
    return;
  }
}

function strike(context: RoomContext, user: string, reason: LeaveReason): void {
  const { record, events, absence } = context;
  const id = record.roster.away.get(user)?.member.id;
  if (id === undefined) return;
  record.roster.away.delete(user);
  absence.delete(user, record.name);
  note(context, { type: 'remove', id });
  events.emit('member.left', { room: record.name, member: { id, user }, reason });
}
