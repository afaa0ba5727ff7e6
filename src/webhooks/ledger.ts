/**
 * What a receiver knows of members and rooms, from what it was told. It decides what is news: after a crash each leave is
 * told once, also if a second crash comes before the store has learned of it.
 */

/** A member, as the receiver knows it. */
export interface KnownMember {
  readonly room: string;
  readonly client: string;
  readonly user: string | undefined;
  readonly isAway: boolean;
}

type MemberEvent = 'member.joined' | 'member.back' | 'member.away' | 'member.left';

export class Ledger {
  /** By room and client. */
  readonly #members = new Map<string, Map<string, { user: string | undefined; isAway: boolean }>>();
  /** Rooms that were told to be occupied. */
  readonly occupied = new Set<string>();
  /** Rooms that have changed, and may change their mind: told when they have not for a while. The oldest first. */
  readonly undecided = new Map<string, { readonly occupied: boolean }>();

  /** Takes up what a member does. False if the receiver is not to be told: it knows that, or the member has left. */
  note(type: MemberEvent, room: string, client: string, user: string | undefined): boolean {
    const members = this.#members.get(room);
    const known = members?.get(client);
    if (type === 'member.left') {
      members?.delete(client);
      if (members?.size === 0) this.#members.delete(room);
      return known !== undefined;
    }
    const isAway = type === 'member.away';
    // It has left, and a crash kept the store from learning of that: it does not come back to life.
    if (isAway && known === undefined) return false;
    if (known?.isAway === isAway) return false;
    if (members === undefined) this.#members.set(room, new Map([[client, { user, isAway }]]));
    else members.set(client, { user, isAway });
    return true;
  }

  /** Takes up that a room has members, or none. False if there is nothing to be decided. */
  mark(room: string, occupied: boolean): boolean {
    if (this.occupied.has(room) === occupied) {
      return this.undecided.delete(room);
    }
    if (this.undecided.has(room)) return false;
    this.undecided.set(room, { occupied });
    return true;
  }

  /** A room was told to be occupied or vacated. */
  settle(room: string, occupied: boolean): void {
    this.undecided.delete(room);
    if (occupied) this.occupied.add(room);
    else this.occupied.delete(room);
  }

  /** What the receiver knows of a member; undefined if it does not know it. */
  find(room: string, client: string): { readonly isAway: boolean } | undefined {
    return this.#members.get(room)?.get(client);
  }

  *members(): Generator<KnownMember> {
    for (const [room, members] of this.#members) {
      for (const [client, { user, isAway }] of members) yield { room, client, user, isAway };
    }
  }

  /** All of it as JSON on one line. */
  write(): string {
    const members = Array.from(this.members(), ({ room, client, user, isAway }) =>
      user === undefined ? [room, client, isAway] : [room, client, isAway, user],
    );
    const undecided = Array.from(this.undecided, ([room, { occupied }]) => [room, occupied]);
    return JSON.stringify({ members, occupied: [...this.occupied], undecided });
  }

  /** Takes up what `write` has written. */
  read(text: string): void {
    const { members = [], occupied = [], undecided = [] } = JSON.parse(text) as Partial<WrittenLedger>;
    for (const [room, client, isAway, user] of members) {
      this.note('member.joined', room, client, user);
      if (isAway) this.note('member.away', room, client, user);
    }
    for (const room of occupied) this.occupied.add(room);
    for (const [room, isOccupied] of undecided) this.undecided.set(room, { occupied: isOccupied });
  }
}

interface WrittenLedger {
  readonly members: readonly (readonly [string, string, boolean, string?])[];
  readonly occupied: readonly string[];
  readonly undecided: readonly (readonly [string, boolean])[];
}
