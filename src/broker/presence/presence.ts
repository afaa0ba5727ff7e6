/**
 * The seam of who is in a room, over all nodes. Implement it to connect several servers, and check it with
 * `statecast/testing`. Users who are away are not its business: it knows connections only.
 */

import type { RoomMember } from '../../protocol/command.ts';

/** A connection in a room. Its id is unique over all nodes; an anonymous one has no user. */
export interface PresentMember extends RoomMember {
  /** When it joined, in milliseconds since 1970. */
  readonly joinedAt: number;
  /** It has no connection, and takes no seat: the owner of the server says that it is there. */
  readonly isOutside?: true;
}

export interface PresenceStats {
  readonly connections: number;
  /** Different users; all anonymous connections together count as one. */
  readonly users: number;
}

/**
 * Each call returns its result, or a promise of it. The calls about one room take effect in their order. A promise
 * must settle: reject it when it takes too long.
 */
export interface Presence {
  /**
   * How long a member is listed without being added or refreshed, in milliseconds. The server refreshes its members
   * three times in that time. Absent: a member is listed until it is removed.
   */
  readonly ttlMs?: number | undefined;
  /**
   * Lists a member; one with this id is replaced. A join is answered when this is done, and refused when it fails.
   * @param capacity A member that is not listed yet is not listed, and this returns `full`, when so many others are on
   * all nodes, those without a seat not counted. Absent: any number.
   */
  add(room: string, member: PresentMember, capacity?: number): void | 'full' | Promise<void | 'full'>;
  /** Takes a member off the list, if it is on it. */
  remove(room: string, id: string): void | Promise<void>;
  /** Says that these members of this node are still there; those that are not listed any more are added. */
  refresh(room: string, members: readonly PresentMember[]): void | Promise<void>;
  /** In any order. */
  list(room: string): readonly PresentMember[] | Promise<readonly PresentMember[]>;
  stats(room: string): PresenceStats | Promise<PresenceStats>;
  /** Lets go of connections. What this node has added stays until it is removed or its time is over. */
  close(): void | Promise<void>;
}
