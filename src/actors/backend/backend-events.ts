/** What the chart of a backend (backend.ts) is given, keeps and hears. */

import type { EventSink } from '../../events/server-events.ts';
import type { ActorSender } from '../runtime/sender.ts';

export interface BackendPolicy {
  /** How many questions may be under way at the same time. */
  readonly maxInFlight: number;
  /** How many more may wait for their turn. Further ones fail at once. */
  readonly maxWaiting: number;
  /** After so many questions in a row without an answer, the circuit opens. */
  readonly failuresToOpen: number;
  /** How long an open circuit rests at most before one question tries, in milliseconds. It doubles with each failed try. */
  readonly openMs: number;
  /** The longest such rest, in milliseconds. */
  readonly maxOpenMs: number;
}

export const DEFAULT_BACKEND_POLICY: BackendPolicy = {
  maxInFlight: 128,
  maxWaiting: 4_096,
  failuresToOpen: 5,
  openMs: 1_000,
  maxOpenMs: 30_000,
};

export interface BackendInput {
  /** Its address without the query, which may hold a secret. */
  readonly name: string;
  readonly policy: BackendPolicy;
  readonly events: EventSink;
  /** Returns a number from 0 up to 1, for the jitter of rests. */
  readonly random: () => number;
}

/** A question, as its backend knows it. */
export interface BackendVisitor extends ActorSender {
  send(event: { readonly type: 'question.admitted' } | TurnedAway): void;
}

/** Why a question is not sent. */
export type TurnedAwayReason = 'circuitOpen' | 'tooMany' | 'stopping';

interface TurnedAway {
  readonly type: 'question.turnedAway';
  readonly reason: TurnedAwayReason;
}

/** `answered`: the backend has said something, which need not be of use. `left`: nobody waits for the answer any more. */
export type VisitOutcome = 'answered' | 'failed' | 'left';

export interface QuestionEnded {
  readonly type: 'question.ended';
  readonly question: BackendVisitor;
  readonly outcome: VisitOutcome;
}

export type BackendEvent =
  | { readonly type: 'question.wanted'; readonly question: BackendVisitor }
  | QuestionEnded
  /** It answers again, as somebody knows: an open circuit need not rest. */
  | { readonly type: 'backend.retry' }
  | { readonly type: 'backend.stop' };

export interface BackendContext extends BackendInput {
  /** Each with the number of answers that had come when it was sent. */
  readonly inFlight: Map<BackendVisitor, number>;
  /** In the order in which they came. */
  readonly waiting: Set<BackendVisitor>;
  /** The question that tries whether the backend answers again. */
  trial: BackendVisitor | undefined;
  /** All that came so far. */
  answers: number;
  /** Questions in a row without an answer, after which none came to another one either. */
  failures: number;
  /** How often the circuit was opened since the last answer. */
  openings: number;
}
