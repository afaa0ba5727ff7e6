/** What a room does about users who are expected back, of an earlier run or after their connections broke; when it does so is the chart's (room.ts). */

import type { Json, MemberInfo } from '../../protocol/command.ts';
import type { LeaveReason } from '../../events/server-events.ts';
import type { LoadedRoom } from '../../storage/membership-store.ts';
import { announceVacated } from './announcements.ts';
import { note } from './journal-effects.ts';
import { tellPart } from './parts/parts.ts';
import type { Subscriber } from './ports.ts';
import type { AbsenceIndex, RoomArgs, RoomContext } from './room-events.ts';
import { sortLeftovers } from './room-record.ts';

/**
 * Takes up who was a member in an earlier run, or on a node that runs no more: anonymous ones are swept, and users who are
 * not present elsewhere are away from now on.
 */
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
  const { present, swept, away } = sortLeftovers(loaded, record, now);
  if (present.size > 0 || away.length > 0) record.hadMembers = true;
  // Told as vacated when the room has been opened, if nobody is here.
  if (present.size > 0) record.occupied = true;
  tellUnlisted(context, loaded, present);
  for (const { id, user } of swept) {
    note(context, { type: 'remove', id });
    events.emit('member.left', {
      room,
      member: { id, ...(user !== undefined && { user }) },
      reason: 'swept',
    });
  }
  const recalled: string[] = [];
  for (const member of away) {
    // Dates count from run to run; within this run only what the monotonic clock measures.
    // A date that is still to come was written while the clock was wrong: it counts as now.
    const leftMs = awayTtlMs - Math.max(0, now - member.awaySince);
    record.roster.away.set(member.user, { member, expiresAt: clock.monotonic() + leftMs });
    absence.add(member.user, room);
    note(context, { type: 'put', member });
    const { id, user } = member;
    const isNews = present.has(id);
    if (isNews) events.emit('member.away', { room, member: { id, user } });
    if (isNews || isConnected(absence, user)) recalled.push(user);
  }
  // Who has connected before was not found to be away.
  if (recalled.length > 0) absence.recall(recalled, room);
  if (record.opened) announceVacated({ context });
}

function isConnected(absence: AbsenceIndex, user: string): boolean {
  const [first] = absence.connectionsOf(user);
  return first !== undefined;
}

/** The other members of the room are told who is present no more with its node. */
function tellUnlisted(
  context: RoomContext,
  { unlisted = [] }: LoadedRoom,
  present: ReadonlySet<string>,
): void {
  const { record, broker } = context;
  if (!record.options.joinLeave) return;
  for (const { id, user, info, roomInfo } of unlisted) {
    if (!present.has(id)) continue;
    const member = {
      id,
      ...(user !== undefined && { user }),
      ...(info !== undefined && { info: info as Json }),
      ...(roomInfo !== undefined && { roomInfo: roomInfo as Json }),
    };
    tellPart(context, 'broker', record.name, () => broker.leave(record.name, member));
  }
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

/** The same of a user who has come back on another node. */
export function endAbsenceHere({ context }: RoomArgs, { user }: { readonly user: string }): void {
  strike(context, user, 'resumed');
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
