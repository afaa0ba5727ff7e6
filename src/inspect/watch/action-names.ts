/** The names of the actions of a step. XState tells of those that do something, and not of assignments. */

import type { AnyTransitionDefinition } from 'xstate';

/**
 * What ran in a step that took these transitions, with its assignments. They stand in transitions, whose actions
 * run after those of the states that are left and before those of the states that are entered.
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
