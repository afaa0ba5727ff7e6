/** The interface of a store for the names of rooms in which only the server may publish. Check your own with `statecast/testing`. */

/** A room is muted from now on, or not any more. */
export interface MuteChange {
  readonly room: string;
  readonly muted: boolean;
}

/** Keeps which rooms are muted. The server makes one call at a time. */
export interface MuteStore {
  /** The rooms that are muted, in any order. */
  load(): Promise<readonly string[]>;
  /** Makes changes in order. Making them twice has the same result as once. A rejected promise means "try again later". */
  write(changes: readonly MuteChange[]): Promise<void>;
  /** Lets go of what it has open. */
  close(): Promise<void>;
  /**
   * Set it where the store may be out of reach for a while, or is written by others too: it tells when it is there again,
   * and is loaded then. `isEmptied`: it has lost all that it had. Returns what ends it.
   */
  onRestored?(listener: (isEmptied?: boolean) => void): () => void;
}
