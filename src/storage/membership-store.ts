/** The seam where memberships are kept: implement it to keep them elsewhere, and check it with `statecast/testing`. */

/** A membership as a store keeps it. */
export interface StoredMember {
  /** The connection's id; unique among all members of all rooms and runs. */
  readonly id: string;
  /** The user behind the connection; absent for an anonymous one. */
  readonly user?: string;
  /** When the join was accepted, in milliseconds since 1970. */
  readonly joinedAt: number;
  /** Since when the member has no connection, in milliseconds since 1970; absent while it has one. */
  readonly awaySince?: number;
}

/** One change to a room's memberships. `put` adds the member or replaces the one with its id. */
export type MembershipChange =
  | { readonly type: 'put'; readonly member: StoredMember }
  | { readonly type: 'remove'; readonly id: string };

/** Something unreadable that the store has put aside, so that it is neither lost nor in the way. */
export interface SetAside {
  /** Where it is now, in the store's own terms (a path, a key). */
  readonly place: string;
  /** One sentence: what is wrong with it. */
  readonly reason: string;
}

export interface RoomList {
  /** The name of each room with at least one member, in any order. */
  readonly rooms: readonly string[];
  /** What had to be put aside while looking. */
  readonly setAside?: readonly SetAside[];
}

export interface LoadedRoom {
  readonly members: readonly StoredMember[];
  /**
   * Present once, when what was kept for this room could not be read and was put aside. `members` is
   * then empty, unless the room was written to before it was loaded.
   */
  readonly setAside?: SetAside;
}

/**
 * Keeps the members of rooms across restarts.
 *
 * The server calls `load` and `write` for one room one at a time, and for different rooms at the same
 * time. A rejected promise means "try again later": the server shows the room's journal as failing,
 * keeps the changes and retries with backoff.
 */
export interface MembershipStore {
  /** Finds the rooms that have members, once, when the server starts. */
  rooms(): Promise<RoomList>;
  /** Reads the members of a room; a room that was never written has none. */
  load(room: string): Promise<LoadedRoom>;
  /**
   * Applies changes in order and resolves when they would survive a crash. Applying the same changes
   * twice is the same as once; removing an unknown id changes nothing. All of them apply, or none.
   */
  write(room: string, changes: readonly MembershipChange[]): Promise<void>;
  /** Lets go of files and connections, after the last `write` has settled. */
  close(): Promise<void>;
}
