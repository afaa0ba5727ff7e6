/** What an actor has done for one event so far: the transitions it has taken and the actions that ran, in order. */

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
  /** Actions of the step that has not ended yet. */
  #running: string[] = [];

  get isEmpty(): boolean {
    return this.#taken.length + this.#actions.length + this.#running.length === 0;
  }

  ran(action: string): void {
    this.#running.push(action);
  }

  /** A step has ended: it took these transitions, and the actions since the last step belong to it. */
  stepped(transitions: readonly AnyTransitionDefinition[]): void {
    this.#actions.push(...nameActions(transitions, this.#running));
    this.#running = [];
    for (const transition of transitions) this.#taken.push(toTransitionId(transition));
  }

  /** Returns everything, also of a step that has not ended, and forgets it. */
  take(): Steps {
    const steps = { taken: this.#taken, actions: [...this.#actions, ...this.#running] };
    this.#taken = [];
    this.#actions = [];
    this.#running = [];
    return steps;
  }
}

/**
 * The actions of a step that took these transitions, with its assignments, which XState does not tell. Assignments are
 * only in transitions. The actions of transitions run after exit actions and before entry actions.
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
  // If only a part of the step was seen, the places of the assignments are not known.
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
