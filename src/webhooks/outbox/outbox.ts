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
  /** Keeps an entry before it returns. It does not throw: what cannot be kept is dropped and told. */
  append(entry: OutboxEntry): void;
  /** The oldest events. The same batch until it is taken or dropped; undefined when there are none. */
  next(limits: BatchLimits): OutboxBatch | undefined;
  /** The receiver has taken the batch. */
  take(batch: OutboxBatch): void;
  /** The receiver has not taken the batch for too long. */
  drop(batch: OutboxBatch): void;
  readonly backlog: Backlog;
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
