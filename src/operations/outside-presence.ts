/**
 * Who is present in rooms because the owner of the server says so: a bot, an agent, a device. They have no connection
 * and no seat, and are present until their time is over.
 */

import { ask, tellPart } from '../actors/room/parts/parts.ts';
import type { Answer } from '../actors/room/ports.ts';
import type { Broker } from '../broker/broker.ts';
import type { Presence, PresentMember } from '../broker/presence/presence.ts';
import type { EventSink, LeaveReason } from '../events/server-events.ts';
import type { MemberInfo } from '../protocol/command.ts';
import { createRefusal, type Refusal } from '../protocol/errors.ts';
import { startQuietTimer, type Clock } from '../system/clock.ts';

/** Their ids begin with it, so that none is the id of a connection. */
export const OUTSIDE_PREFIX = 'outside:';

/** Most of them on one node. */
export const MAX_OUTSIDE = 100_000;

export interface OutsidePresenceInput {
  readonly broker: Pick<Broker, 'join' | 'leave'>;
  readonly presence: Pick<Presence, 'add' | 'remove'>;
  readonly events: EventSink;
  readonly clock: Clock;
  /** Whether a room tells its members who joins and leaves. */
  readonly tellsMembers: (room: string) => boolean;
}

/** One of them. */
interface Present {
  member: PresentMember;
  timer: unknown;
  /** While the presence takes time: who goes before has joined first. */
  joining: Promise<unknown> | undefined;
}

/** Those of one node. */
export class OutsidePresence {
  readonly #input: OutsidePresenceInput;
  readonly #rooms = new Map<string, Map<string, Present>>();
  #count = 0;

  constructor(input: OutsidePresenceInput) {
    this.#input = input;
  }

  /** Makes one that is on this node present anew. Returns whether it is here. */
  keep(room: string, member: MemberInfo, ttlMs: number): boolean {
    const known = this.#rooms.get(room)?.get(member.id);
    if (known === undefined) return false;
    known.member = { ...member, joinedAt: known.member.joinedAt, isOutside: true };
    this.#wait(room, known, ttlMs);
    const { presence } = this.#input;
    this.#tell('presence', room, () => presence.add(room, known.member));
    return true;
  }

  /** Makes one present that is on no node. */
  add(room: string, member: MemberInfo, ttlMs: number): Answer<{ readonly id: string }> {
    // Another request may have made it present while this one asked the other nodes.
    if (this.keep(room, member, ttlMs)) return { id: member.id };
    const { clock, events, presence } = this.#input;
    if (this.#count >= MAX_OUTSIDE) {
      return {
        refusal: createRefusal('limitExceeded', `${MAX_OUTSIDE} are present from outside already`),
      };
    }
    const present: Present = {
      member: { ...member, joinedAt: clock.now(), isOutside: true },
      timer: undefined,
      joining: undefined,
    };
    const ofRoom = this.#rooms.get(room) ?? new Map<string, Present>();
    this.#rooms.set(room, ofRoom.set(member.id, present));
    this.#count += 1;
    this.#wait(room, present, ttlMs);
    const join = (): { readonly id: string } => {
      present.joining = undefined;
      this.#tellJoin(room, present.member);
      return { id: member.id };
    };
    const asked = ask(clock, () => presence.add(room, present.member));
    if (asked === undefined) return join();
    const answer = asked.then(join, (error: unknown): { readonly refusal: Refusal } => {
      this.#forget(room, present);
      events.emit('part.failed', { part: 'presence', room, error });
      return { refusal: createRefusal('internal') };
    });
    present.joining = answer;
    return answer;
  }

  /** Returns whether it was on this node. */
  remove(room: string, id: string, reason: LeaveReason = 'left'): boolean {
    const present = this.#rooms.get(room)?.get(id);
    if (present === undefined) return false;
    this.#forget(room, present);
    const { joining } = present;
    if (joining === undefined) this.#leave(room, present, reason);
    else
      void joining.then((outcome) => {
        if (!('refusal' in (outcome as object))) this.#leave(room, present, reason);
      });
    return true;
  }

  /** All of this node, room by room. */
  *rooms(): Iterable<readonly [room: string, members: PresentMember[]]> {
    for (const [room, present] of this.#rooms)
      yield [room, Array.from(present.values(), ({ member }) => member)];
  }

  /** Forgets all of this node: others have told that they are gone. */
  drop(): void {
    for (const present of this.#rooms.values())
      for (const { timer } of present.values()) this.#input.clock.clearTimeout(timer);
    this.#rooms.clear();
    this.#count = 0;
  }

  /** The server stops, and nobody is present on its account any more. */
  close(): void {
    for (const [room, present] of this.#rooms)
      for (const id of present.keys()) this.remove(room, id, 'shutdown');
  }

  #wait(room: string, present: Present, ttlMs: number): void {
    const { clock } = this.#input;
    clock.clearTimeout(present.timer);
    present.timer = startQuietTimer(clock, () => this.remove(room, present.member.id, 'expired'), ttlMs);
  }

  #forget(room: string, present: Present): void {
    const ofRoom = this.#rooms.get(room);
    if (ofRoom?.get(present.member.id) !== present) return;
    this.#input.clock.clearTimeout(present.timer);
    ofRoom.delete(present.member.id);
    if (ofRoom.size === 0) this.#rooms.delete(room);
    this.#count -= 1;
  }

  #tellJoin(room: string, present: PresentMember): void {
    const { broker, events, tellsMembers } = this.#input;
    const member = toMember(present);
    if (tellsMembers(room)) this.#tell('broker', room, () => broker.join(room, member));
    events.emit('member.joined', { room, member, resumed: false });
  }

  #leave(room: string, { member: present }: Present, reason: LeaveReason): void {
    const { broker, events, presence, tellsMembers } = this.#input;
    const member = toMember(present);
    this.#tell('presence', room, () => presence.remove(room, member.id));
    if (tellsMembers(room)) this.#tell('broker', room, () => broker.leave(room, member));
    events.emit('member.left', { room, member, reason });
  }

  #tell(part: 'broker' | 'presence', room: string, call: () => unknown): void {
    tellPart(this.#input, part, room, call);
  }
}

function toMember({ id, user, info }: PresentMember): MemberInfo {
  return { id, ...(user !== undefined && { user }), ...(info !== undefined && { info }) };
}
