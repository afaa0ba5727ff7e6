/** On what grounds something was not done, as plain data: what a statechart was asked, and what in it said no. */

/** A bound that was reached. */
export interface ReachedLimit {
  /** The setting by its path, such as `limits.roomsPerConnection`. */
  readonly name: string;
  /** What the setting allows, in its own unit. */
  readonly value: number;
  /** What there was, or would have been, in the same unit, where it is known. */
  readonly actual?: number;
}

/** A rule of the settings. */
export interface BrokenRule {
  /** The setting by its path, such as `rooms.may.publish`. */
  readonly name: string;
  /** Whom it allows, such as `members`. */
  readonly value: string;
}

/** A guard that was asked, and what it said. */
export interface AskedGuard {
  readonly name: string;
  readonly holds: boolean;
}

export interface Grounds {
  /** The machine that decided, such as `room`. Absent: it was decided before there was one, as at a handshake. */
  readonly machine?: string;
  /** The path of the state in which it decided, such as `active.broadcast.throttled`. */
  readonly state?: string;
  /**
   * What it was asked: the type of the event, such as `room.publish`; `after` with the name of a delay; `handshake`, or a
   * method of the API.
   */
  readonly event?: string;
  /**
   * The guards of the state that were asked, in their order. The last one decided if it holds; if none holds, the state
   * itself takes no such event.
   */
  readonly guards?: readonly AskedGuard[];
  readonly limit?: ReachedLimit;
  /** The rule that does not allow it. */
  readonly rule?: BrokenRule;
}
