/** What a server did not do, and on what grounds, as plain data. */

/**
 * What kind of thing went wrong: a command or a handshake was `refused`, a message or bytes were `dropped`, the server
 * `closed` a connection, something `failed` (a handler, a call, a store), a deadline passed (`late`), a machine was
 * `restarted`, a circuit breaker changed (`circuit`), or a machine stays in a state for too long (`stuck`).
 */
export type ProblemKind =
  | 'refused'
  | 'dropped'
  | 'closed'
  | 'failed'
  | 'late'
  | 'restarted'
  | 'circuit'
  | 'stuck';

/** A bound that was reached. */
export interface ReachedLimit {
  /** The setting by its path, such as `limits.roomsPerConnection`. */
  readonly name: string;
  /** What the setting allows, in its own unit. */
  readonly value: number;
  /** What there was, or would have been, in the same unit, where it is known. */
  readonly actual?: number;
}

/** An error, of which nothing is a secret. */
export interface ShownError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** One thing that was not done. It never contains what was said. */
export interface Problem {
  readonly kind: ProblemKind;
  /** One sentence for an operator. */
  readonly reason: string;
  /** The machine that decided, such as `room`. Absent: it was decided before there was one, as at a handshake. */
  readonly machine?: string;
  /** The path of the state in which it decided, such as `active.broadcast.throttled`. */
  readonly state?: string;
  /** What it was asked: the type of the event, such as `room.publish`; `handshake`, or a method of the API. */
  readonly event?: string;
  /** The guard of the chart that decided, such as `isOverRate`. */
  readonly guard?: string;
  readonly limit?: ReachedLimit;
  /** The code that the client got: of an error, of a close, or of an HTTP response. */
  readonly code?: number;
  /** The id of the connection. */
  readonly client?: string;
  readonly user?: string;
  readonly room?: string;
  /** The IP address of the client. */
  readonly address?: string;
  /** What of the owner's code, or which part of the server, such as `onJoin` or `store`. */
  readonly handler?: string;
  /** The servant, the backend or the webhook. */
  readonly target?: string;
  readonly error?: ShownError;
}
