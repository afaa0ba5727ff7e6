/**
 * The changes of a room that its store does not have yet, and the memberships that wait for them. The journal region of
 * the room's chart decides when to write, and what to do after a failure.
 */

import type { MembershipChange } from '../../storage/membership-store.ts';
import type { MembershipEvent } from './membership-setup.ts';

/** `relaxed` answers when the change is in memory, `strict` when the store has it. */
export type Durability = 'relaxed' | 'strict';

/** Who asked for a change to be recorded. */
export interface Recorder {
  send(event: MembershipEvent): void;
}

export class Journal {
  readonly #durability: Durability;
  /** The latest change of each member, in the order in which they came. */
  #changes = new Map<string, MembershipChange>();
  #waiting: { id: string; recorder: Recorder }[] = [];
  #written = new Map<string, MembershipChange>();
  #writing: { id: string; recorder: Recorder }[] = [];

  constructor(durability: Durability) {
    this.#durability = durability;
  }

  /** Whether the store has everything; false too while a write is under way. */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Changes that the store does not have yet, those of a write under way included. */
  get size(): number {
    return this.#changes.size + this.#written.size;
  }

  /** Whether somebody waits until a change is written. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0 || this.#writing.length > 0;
  }

  /** Whether the store has yet to be told something of a member. */
  has(id: string): boolean {
    return this.#changes.has(id) || this.#written.has(id);
  }

  /** Takes a change; its recorder is answered now or when it is written, as the durability asks for. */
  record(change: MembershipChange, recorder: Recorder): void {
    this.#put(change);
    if (this.#durability === 'relaxed') recorder.send({ type: 'membership.recorded' });
    else this.#waiting.push({ id: idOf(change), recorder });
  }

  /** Takes a change that nobody waits for. */
  note(change: MembershipChange): void {
    this.#put(change);
  }

  /** Takes a change while the store fails: a join that must be safe is refused, all else is kept for later. */
  recordWhileFailing(change: MembershipChange, recorder: Recorder): void {
    if (this.#durability === 'strict' && change.type === 'put') {
      recorder.send({ type: 'membership.unrecorded' });
      return;
    }
    this.#put(change);
    recorder.send({ type: 'membership.recorded' });
  }

  /**
   * The changes to write next, those of a write that was abandoned first; they come back by
   * {@link confirm} or {@link giveBack}.
   */
  beginWrite(): MembershipChange[] {
    this.#written = new Map([...this.#written, ...this.#changes]);
    this.#writing = [...this.#writing, ...this.#waiting];
    this.#changes = new Map();
    this.#waiting = [];
    return [...this.#written.values()];
  }

  /** The store has written the changes. Returns the memberships that wait for this. */
  confirm(): Recorder[] {
    const answered = this.#writing;
    this.#written = new Map();
    this.#writing = [];
    return answered.map(({ recorder }) => recorder);
  }

  /**
   * The store refused them: they wait again, before what has come since. Joins whose recorders must not
   * be told of success are taken back, by removing them: a failed write may have reached the disk.
   */
  giveBack(): Recorder[] {
    const refused = [...this.#writing, ...this.#waiting];
    const later = this.#changes;
    this.#changes = this.#written;
    this.#written = new Map();
    this.#writing = [];
    this.#waiting = [];
    for (const change of later.values()) this.#put(change);
    for (const { id } of refused) {
      if (this.#changes.get(id)?.type === 'put') this.#put({ type: 'remove', id });
    }
    return refused.map(({ recorder }) => recorder);
  }

  #put(change: MembershipChange): void {
    const id = idOf(change);
    // Deleted first, so that the change takes its place at the end of the order.
    this.#changes.delete(id);
    this.#changes.set(id, change);
  }
}

function idOf(change: MembershipChange): string {
  return change.type === 'put' ? change.member.id : change.id;
}
