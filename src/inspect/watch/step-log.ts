/** What an actor has done about one event so far: the transitions it has taken and the actions that ran, in order. */

import type { AnyTransitionDefinition } from 'xstate';
import { toTransitionId } from '../chart/transition-id.ts';
import { nameActions } from './action-names.ts';

export interface Steps {
  /** Ids of transitions. */
  readonly taken: readonly string[];
  /** Names of actions. */
  readonly actions: readonly string[];
}

export class StepLog {
  #taken: string[] = [];
  #actions: string[] = [];
  /** Of the step that is not over yet. */
  #running: string[] = [];

  get isEmpty(): boolean {
    return this.#taken.length + this.#actions.length + this.#running.length === 0;
  }

  ran(action: string): void {
    this.#running.push(action);
  }

  /** A step is over: it took these transitions, and ran what has run since the last one. */
  stepped(transitions: readonly AnyTransitionDefinition[]): void {
    this.#actions.push(...nameActions(transitions, this.#running));
    this.#running = [];
    for (const transition of transitions) this.#taken.push(toTransitionId(transition));
  }

  /** Everything, also of a step that came to no end. */
  take(): Steps {
    const steps = { taken: this.#taken, actions: [...this.#actions, ...this.#running] };
    this.#taken = [];
    this.#actions = [];
    this.#running = [];
    return steps;
  }
}
