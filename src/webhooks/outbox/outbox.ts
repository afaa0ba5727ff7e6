/** The interface of an outbox: what a webhook has yet to deliver, in order, and kept until it is taken. */

/** One line of an outbox. */
export interface OutboxEntry {
  /** `event`: it is delivered. `note`: it is only told again by `open`. */
  readonly kind: 'event' | 'note';
  /** JSON on one line. Of an event: an object with the text `id` and the number `time`, in milliseconds since 1970. */
  readonly text: string;
}

/** What earlier runs have left. */
export interface OutboxHistory {
  /** The newest state (`OutboxOptions.state`) that was kept; absent when there is none. */
  readonly state?: string;
  /** What was appended after it, in order, taken or not. */
  readonly entries: readonly OutboxEntry[];
  /** Whether the last run has closed the outbox. True also if there was no run. */
  readonly clean: boolean;
}

/** Events that are delivered together. */
export interface OutboxBatch {
  /** The same for the same events. */
  readonly id: string;
  /** The `time` of its first event. */
  readonly time: number;
  /** The text of each event. At least one. */
  readonly events: readonly string[];
}

export interface Backlog {
  /** Events that are not taken yet. */
  readonly events: number;
  /** How much room they take, with notes between them, in bytes. */
  readonly bytes: number;
  /** The `time` of the oldest one. */
  readonly oldest?: number;
}

/** Why events are lost. */
export type DropReason =
  /** The bounds of the outbox: the oldest are lost. */
  | 'full'
  /** They could not be written. */
  | 'unwritten'
  /** The receiver has not taken them for too long. */
  | 'expired';

export interface OutboxTrouble {
  readonly error: unknown;
  /** Where unreadable data was moved to. */
  readonly setAside?: string;
}

export interface OutboxOptions {
  /** Bounds of what is kept; beyond them the oldest events are lost. */
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** What is to be known after a restart without all earlier entries, as JSON on one line. It is asked for now and then. */
  readonly state: () => string;
  /** Told once when entries cannot be kept, and of data that was set aside. */
  readonly onTrouble: (trouble: OutboxTrouble) => void;
  readonly onDropped: (count: number, reason: DropReason) => void;
  /** Told after what another node has left was taken over. */
  readonly onAdopted?: () => void;
  /** Told when events wait that others have appended, and none waited before. */
  readonly onWaiting?: () => void;
}

/** Which rooms a receiver knows to be occupied, where several nodes tell it. */
export interface KnownRooms {
  /** Those that are. */
  list(): Promise<readonly string[]>;
  /**
   * Takes up whether a room is occupied, for all nodes, and keeps the event if that is news: both or nothing. Resolves to
   * whether it is news; rejects if that is unknown, and may be called again with the same event.
   * @param event absent if the receiver does not want to be told
   */
  settle(room: string, occupied: boolean, event: string | undefined): Promise<boolean>;
}

export interface BatchLimits {
  readonly events: number;
  /** A batch of one event may be longer. */
  readonly bytes: number;
}

export interface Outbox {
  /** Whether what is not taken is there after a restart. */
  readonly isPersistent: boolean;
  /** To be called once, before anything else. Rejects when the outbox cannot be used at all. */
  open(): Promise<OutboxHistory>;
  /**
   * Keeps an entry before it returns, or soon after it if there is `written`. It does not throw: what cannot be kept is
   * dropped and told.
   */
  append(entry: OutboxEntry): void;
  /**
   * Resolves when all that was done to it will outlive the process, or turns out not to be kept now. Absent: that is so when
   * a call returns.
   */
  written?(): Promise<void>;
  /**
   * There if the outbox is that of one of several nodes, which share it: what a node leaves is delivered by another one.
   * Such an outbox keeps no notes and no state: what nodes share tells what has happened to members.
   */
  readonly rooms?: KnownRooms;
  /**
   * There if the events are elsewhere: brings the oldest ones here for `next`. Resolves to whether there are some; rejects when
   * they are out of reach now.
   */
  fetch?(limits: BatchLimits): Promise<boolean>;
  /** The oldest events. The same batch until it is taken or dropped; undefined when there are none. */
  next(limits: BatchLimits): OutboxBatch | undefined;
  /** The receiver has taken the batch. */
  take(batch: OutboxBatch): void;
  /** The receiver has not taken the batch for too long. */
  drop(batch: OutboxBatch): void;
  /** Where others append too, it is that of a moment ago until `written` has resolved. */
  readonly backlog: Backlog;
  /**
   * There if one of several nodes delivers for all: this one is about to end. Resolves when another one delivers, or when no
   * other one appends any more.
   */
  leave?(): Promise<void>;
  /** Nothing is appended or taken afterwards. */
  close(): Promise<void>;
}

/** A batch of these events; at least one. */
export function createBatch(events: readonly string[]): OutboxBatch {
  const { id, time } = readEvent(events[0]!);
  // The order of events never changes, so that the first of them and their number tell which they are.
  return { id: `${id}+${events.length}`, time, events };
}

export function readEvent(text: string): { readonly id: string; readonly time: number } {
  return JSON.parse(text) as { id: string; time: number };
}
