/** The last failed actors with their histories. It keeps no actors and no contexts in memory. */

import type { ActorAddress, ActorHistory } from '../feed/feed-protocol.ts';
import type { StatePath } from '../chart/chart.ts';
import type { Moments } from '../../system/moments.ts';
import { toStatePaths, type StateNodes } from '../population/state-paths.ts';
import { toHistoryEntries, type RecordedTransition } from './transition-ring.ts';

export interface FailedActor extends ActorAddress {
  /** The states in which it failed. Empty for an actor that failed at its start. */
  readonly states: readonly StatePath[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The event it failed on. */
  readonly event: string;
  /** The error's name and message. */
  readonly error: string;
  readonly history: FailedHistory;
}

export type FailedHistory = ActorHistory & Pick<Required<ActorHistory>, 'failure'>;

export interface Failure {
  readonly address: ActorAddress;
  /** A moment, and no date. */
  readonly at: number;
  readonly event: string;
  readonly nodes: StateNodes;
  /** Kept because the same failure may be reported twice. */
  readonly cause: unknown;
  readonly error: string;
  readonly transitions: readonly RecordedTransition[];
  readonly lost: number | undefined;
}

export class FailureList {
  readonly #capacity: number;
  readonly #moments: Moments;
  #failures: Failure[] = [];
  /** Made when they are needed, and then kept. */
  readonly #views = new WeakMap<Failure, FailedActor>();

  constructor(capacity: number, moments: Moments) {
    this.#capacity = capacity;
    this.#moments = moments;
  }

  add(failure: Failure): void {
    this.#failures.push(failure);
    if (this.#failures.length > this.#capacity) this.#failures.shift();
  }

  has({ kind, id }: ActorAddress, cause: unknown): boolean {
    return this.#failures.some(
      (failure) => failure.address.kind === kind && failure.address.id === id && failure.cause === cause,
    );
  }

  /** The latest one of an actor, and its moment. */
  find({ kind, id }: ActorAddress): { moment: number; view: FailedActor } | undefined {
    const found = this.#failures.findLast(({ address }) => address.kind === kind && address.id === id);
    return found && { moment: found.at, view: this.#view(found) };
  }

  /** Oldest first. */
  view(): FailedActor[] {
    return this.#failures.map((failure) => this.#view(failure));
  }

  #view(failure: Failure): FailedActor {
    const known = this.#views.get(failure);
    if (known !== undefined) return known;
    const { address, event, nodes, error, transitions, lost } = failure;
    const at = this.#moments.toDate(failure.at);
    const history: FailedHistory = {
      ...address,
      entries: toHistoryEntries(transitions, this.#moments),
      ...(lost !== undefined && { lost }),
      failure: { at, event, error },
    };
    const view = { ...address, states: toStatePaths(nodes), at, event, error, history };
    this.#views.set(failure, view);
    return view;
  }
}
