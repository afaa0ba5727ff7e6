/** What an actor has done about one event so far: the transitions it has taken and the actions that ran, in order. */

import type { AnyTransitionDefinition } from 'xstate';
import { toTransitionId } from '../chart/transition-id.ts';

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

/**
 * What ran in a step that took these transitions, with its assignments, of which XState does not tell. They stand in
 * transitions, whose actions run after those of the states that are left and before those of the states that are entered.
 */
export function nameActions(
  transitions: readonly AnyTransitionDefinition[],
  ran: readonly string[],
): readonly string[] {
  const all: string[] = [];
  const told: string[] = [];
  for (const { source, actions } of transitions) {
    const implementations = source.machine.implementations.actions;
    for (const action of actions) {
      const name = nameOf(action);
      all.push(name);
      if (!isAssignment(implementations[name])) told.push(name);
    }
  }
  if (told.length === all.length) return ran;
  const start = told.length === 0 ? 0 : indexOfRun(ran, told);
  // Of a step that was seen from its middle on, the places are not known.
  if (start === -1) return [...all.filter((name) => !told.includes(name)), ...ran];
  return [...ran.slice(0, start), ...all, ...ran.slice(start + told.length)];
}

function nameOf(action: unknown): string {
  if (typeof action === 'string') return action;
  return typeof action === 'function' ? action.name : (action as { readonly type: string }).type;
}

function isAssignment(implementation: unknown): boolean {
  return (
    typeof implementation === 'function' &&
    'type' in implementation &&
    implementation.type === 'xstate.assign'
  );
}

function indexOfRun(names: readonly string[], run: readonly string[]): number {
  return names.findIndex((_, start) => run.every((name, offset) => names[start + offset] === name));
}
