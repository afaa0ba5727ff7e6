/** What a server did not do, and on what grounds, as plain data. */

import type { MemberInfo } from '../protocol/command.ts';
import type { Grounds } from '../protocol/grounds.ts';

/**
 * What kind of thing went wrong: a command or a handshake was `refused`, a message or bytes were `dropped`, the server
 * `closed` a connection, something `failed` (a handler, a call, a store), a machine was `restarted`, a circuit breaker
 * changed (`circuit`), or a machine stays in a state for too long (`stuck`).
 */
export const PROBLEM_KINDS = [
  'refused',
  'dropped',
  'closed',
  'failed',
  'restarted',
  'circuit',
  'stuck',
] as const;

/** One of {@link PROBLEM_KINDS}. */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** An error, of which nothing is a secret. */
export interface ShownError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** One thing that was not done. It never contains what was said. */
export interface Problem extends Grounds {
  readonly kind: ProblemKind;
  /** One sentence for an operator. */
  readonly reason: string;
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

/** Of whom a problem tells. */
export function whoIs(
  { id, user }: MemberInfo,
  address?: string,
): Pick<Problem, 'client' | 'user' | 'address'> {
  return { client: id, ...(user !== undefined && { user }), ...(address !== undefined && { address }) };
}

/** A problem, with how often and when it was seen. Dates are in milliseconds since 1970. */
export interface LoggedProblem extends Problem {
  /** Its number on its node, which rises by one for each new problem. */
  readonly id: number;
  /** When it was seen first. */
  readonly since: number;
  /** When it was seen last. */
  readonly at: number;
  /** How often. */
  readonly count: number;
}

/** What is looked for; all that is given must fit. */
export interface ProblemQuery {
  /** The id of a connection. */
  readonly client?: string;
  readonly user?: string;
  readonly room?: string;
  /** It is about a room whose name fits one of these: a name, or a prefix that ends in `*`. */
  readonly rooms?: readonly string[];
  readonly kind?: ProblemKind;
  /** Seen at or after this date, in milliseconds since 1970. */
  readonly after?: number;
  /** The reason, a name or an id contains this, in any case of letters. */
  readonly search?: string;
}
