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
  /** Why some rooms could not be read now. They are as they were, and not listed. */
  readonly failures?: readonly Error[];
}

/** Told how far a list is: so many of all rooms are read. */
export type TellRead = (read: number, all: number) => void;

/** One whom other members were told of, and who is present no more because its server has ended. */
export interface UnlistedMember {
  readonly id: string;
  readonly user?: string;
  /** JSON, for the other members. */
  readonly info?: unknown;
  readonly roomInfo?: unknown;
}

export interface LoadedRoom {
  readonly members: readonly StoredMember[];
  /** Of a shared store: users of these members who are present in the room, on servers that run. */
  readonly present?: readonly string[];
  /** Of a shared store: whom it has taken off the presence of the room. Each is one of the members. */
  readonly unlisted?: readonly UnlistedMember[];
  /**
   * Present once, if the data of this room could not be read and was moved aside. Then `members` is empty, unless the
   * room was written to before it was loaded.
   */
  readonly setAside?: SetAside;
}

/**
 * Keeps the members of rooms across restarts.
 *
 * A store may be shared by several servers that run at the same time. Then each record is that of the server that has
 * written it, as long as this server shows that it runs. What a server has left that runs no more is an orphan: one of the
 * others takes it over, and writes it from then on. A server sees its own records and those that it takes over.
 *
 * For one room, the server makes one call of `load` or `write` at a time; calls for different rooms run at the same
 * time. A rejected promise means "try again later": the room's journal is failing, the server keeps the changes and
 * retries with backoff.
 */
export interface MembershipStore {
  /**
   * Takes what the store needs, such as a lock. The server calls it before it listens, and `rooms` and `load` after that,
   * while clients connect. Without it, the server reads all rooms before it listens.
   */
  open?(): Promise<void>;
  /**
   * How many calls it works on at a time: further ones would wait in it. The server gives it no more, those first that
   * somebody waits for. Default: any number.
   */
  readonly parallel?: number;
  /**
   * Lists the rooms that have members. Called once, when the server starts. A shared store that cannot be reached lists none.
   * @param told Called now and then, where reading takes long.
   */
  rooms(told?: TellRead): Promise<RoomList>;
  /**
   * Reads the members of a room; a room that was never written has none. A shared store takes over the orphans of the room,
   * each of them for one server only. It may be called again at any time.
   */
  load(room: string): Promise<LoadedRoom>;
  /**
   * Applies changes in order, all or none, and resolves when they will survive a crash. Applying the same changes twice
   * has the same result as once; removing an unknown id changes nothing.
   */
  write(room: string, changes: readonly MembershipChange[]): Promise<void>;
  /**
   * Of a shared store: has this server look after orphans from now on. The listener is told the names of rooms that have
   * some, each room to one server; `load` takes them over. Returns what ends that.
   */
  onOrphaned?(listener: (rooms: readonly string[]) => void): () => void;
  /**
   * Of a shared store: tells when others have taken over what this server has written, because it has not shown for too
   * long that it runs: nothing of that is its own any more. Returns what ends that.
   */
  onLost?(listener: () => void): () => void;
  /** Of a shared store: tells when the store has lost all that it had, and is to be told again. Returns what ends that. */
  onEmptied?(listener: () => void): () => void;
  /** Of a shared store: the members of a room who are away, on any server. */
  awayMembers?(room: string): Promise<readonly StoredMember[]>;
  /** Of a shared store: the rooms in which a user is away, on any server. */
  awayIn?(user: string): Promise<readonly string[]>;
  /** Releases files and connections; called after the last `write` has settled. */
  close(): Promise<void>;
}
