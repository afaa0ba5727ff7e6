/** The interface of a store for memberships. Implement it to keep them elsewhere, and test it with `statecast/testing`. */

/** A membership as a store keeps it. */
export interface StoredMember {
  /** The connection's id; unique among all members of all rooms and runs. */
  readonly id: string;
  /** The user behind the connection; absent for an anonymous one. */
  readonly user?: string;
  /** When the join was accepted, in milliseconds since 1970. */
  readonly joinedAt: number;
  /** When the member lost its connection, in milliseconds since 1970; absent while it has one. */
  readonly awaySince?: number;
}

/** One change to a room's memberships. `put` adds the member or replaces the one with its id. */
export type MembershipChange =
  | { readonly type: 'put'; readonly member: StoredMember }
  | { readonly type: 'remove'; readonly id: string };

/** Unreadable data that the store has moved aside, so that it is not lost and does not block the room. */
export interface SetAside {
  /** The new place: a path or a key, depending on the store. */
  readonly place: string;
  /** One sentence: what is wrong with it. */
  readonly reason: string;
}

export interface RoomList {
  /** The name of each room with at least one member, in any order. */
  readonly rooms: readonly string[];
  /** Unreadable data that was moved aside. */
  readonly setAside?: readonly SetAside[];
}

export interface LoadedRoom {
  readonly members: readonly StoredMember[];
  /**
   * Present once, if the data of this room could not be read and was moved aside. Then `members` is empty, unless the
   * room was written to before it was loaded.
   */
  readonly setAside?: SetAside;
}

/**
 * Keeps the members of rooms across restarts.
 *
 * For one room, the server makes one call of `load` or `write` at a time; calls for different rooms run at the same
 * time. A rejected promise means "try again later": the room's journal is failing, the server keeps the changes and
 * retries with backoff.
 */
export interface MembershipStore {
  /** Lists the rooms that have members. Called once, when the server starts. */
  rooms(): Promise<RoomList>;
  /** Reads the members of a room; a room that was never written has none. */
  load(room: string): Promise<LoadedRoom>;
  /**
   * Applies changes in order, all or none, and resolves when they will survive a crash. Applying the same changes twice
   * has the same result as once; removing an unknown id changes nothing.
   */
  write(room: string, changes: readonly MembershipChange[]): Promise<void>;
  /** Releases files and connections; called after the last `write` has settled. */
  close(): Promise<void>;
}
