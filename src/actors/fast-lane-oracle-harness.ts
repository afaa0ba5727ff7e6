/** For tests of the fast lane: what XState's interpreter itself selects, and what of it the lane may do. */

import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, EventObject } from 'xstate';

/** What keeps an event from the fast lane, by what the interpreter would do about it. */
export function reasonsAgainst(at: AnyMachineSnapshot, event: EventObject): string[] {
  const nodes: readonly AnyStateNode[] = at._nodes;
  const reasons: string[] = [];
  if (event.type.startsWith('xstate.')) reasons.push('internal event');
  if (nodes.some(({ always }) => always !== undefined)) reasons.push('eventless transition');
  if (nodes.some(({ transitions }) => [...transitions.keys()].some((type) => type.endsWith('*')))) {
    reasons.push('wildcard');
  }
  let selected: Transitions;
  try {
    selected = selectedOf(at, event);
  } catch {
    return [...reasons, 'throwing guard'];
  }
  for (const { target, reenter, actions } of selected) {
    if (target !== undefined) reasons.push('target');
    if (reenter) reasons.push('reentrance');
    for (const action of actions) {
      const implementation = implementationOf(at, action);
      if (implementation === undefined) reasons.push('missing action');
      else if ('resolve' in implementation) reasons.push((implementation as unknown as EventObject).type);
    }
  }
  return reasons;
}

type Transitions = ReturnType<AnyStateMachine['getTransitionData']>;
type Action = Transitions[number]['actions'][number];

/** The transitions that the interpreter selects. Throws what it throws when a guard does. */
export function selectedOf(at: AnyMachineSnapshot, event: EventObject): Transitions {
  return at.machine.getTransitionData(at, event);
}

/** What the interpreter runs as an action. */
export function implementationOf(at: AnyMachineSnapshot, action: Action) {
  if (typeof action === 'function') return action;
  return at.machine.implementations.actions[typeof action === 'string' ? action : action.type];
}

/** Whether a guard that is no plain function may be asked about an event. */
export function asksCompositeGuard(at: AnyMachineSnapshot, { type }: EventObject): boolean {
  const { guards } = at.machine.implementations;
  return (at._nodes as readonly AnyStateNode[])
    .flatMap(({ transitions }) => transitions.get(type) ?? [])
    .some(({ guard }) => {
      if (guard === undefined) return false;
      const name = typeof guard === 'string' ? guard : (guard as { type?: string }).type;
      const implementation: unknown = typeof guard === 'function' ? guard : guards[name ?? ''];
      return typeof implementation !== 'function' || 'check' in implementation;
    });
}
