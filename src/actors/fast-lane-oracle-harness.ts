/** For tests of the fast lane: what XState's interpreter itself does about an event, and whether the lane may do that. */

import {
  getMicrosteps,
  transition,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type EventObject,
} from 'xstate';
import type { Outcome } from './fast-lane-chart.ts';

/** What the lane has decided, and whether that is right. */
export interface Verdict {
  /** Undefined when the lane is right. */
  readonly mistake: string | undefined;
  /** Of an event that is the interpreter's: why. Of one that the lane takes: what it comes to. */
  readonly labels: readonly string[];
}

/** Compares a decision of the lane with what the interpreter does, by XState's pure transition function. */
export function judge(outcome: Outcome | undefined, at: AnyMachineSnapshot, event: EventObject): Verdict {
  const labels = reasonsAgainst(at, event);
  if (outcome === undefined) {
    const reasons = [...labels, ...(labels.length === 0 ? reasonsToHesitate(at, event) : [])];
    return { labels: reasons, mistake: reasons.length === 0 ? 'it is refused for nothing' : undefined };
  }
  if (labels.length > 0) return { labels, mistake: `it is taken in spite of ${labels.join()}` };
  const [next, actions] = interpret(at, event);
  const steps = outcome.steps.map(({ implementation }) => implementation);
  const nodes: readonly AnyStateNode[] = outcome.to?.nodes ?? at._nodes;
  const isSame =
    isEqual(
      steps,
      actions.map(({ exec }) => exec),
    ) &&
    isEqual(nodes, next._nodes) &&
    (next === at) === (outcome.to === undefined);
  const count = selectedOf(at, event).length;
  const kind = outcome.to === undefined ? (['none', 'one'][count] ?? 'several') : 'move';
  return { labels: [kind], mistake: isSame ? undefined : 'it comes to something else' };
}

function isEqual(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

function interpret(at: AnyMachineSnapshot, event: EventObject) {
  return transition(at.machine as AnyStateMachine, at as never, event as never) as unknown as [
    AnyMachineSnapshot,
    readonly { readonly type: string; readonly exec: unknown }[],
  ];
}

function selectedOf(at: AnyMachineSnapshot, event: EventObject) {
  return at.machine.getTransitionData(at, event);
}

/** What the lane must not do, by what the interpreter does. */
function reasonsAgainst(at: AnyMachineSnapshot, event: EventObject): string[] {
  const nodes: readonly AnyStateNode[] = at._nodes;
  const reasons: string[] = [];
  if (event.type.startsWith('xstate.')) return ['internal event'];
  if (nodes.some(({ transitions }) => [...transitions.keys()].some((type) => type.endsWith('*')))) {
    reasons.push('wildcard');
  }
  if (nodes.some(({ always }) => always !== undefined)) reasons.push('eventless transition');
  let interpreted: ReturnType<typeof interpret>;
  try {
    interpreted = interpret(at, event);
  } catch (error) {
    const isOfGuard = (error as Error).message.startsWith('Unable to evaluate guard');
    return [...reasons, isOfGuard ? 'throwing guard' : 'another error'];
  }
  const [next, actions] = interpreted;
  const reached: readonly AnyStateNode[] = next._nodes;
  const entered = reached.filter((node) => !nodes.includes(node));
  if (next.status !== 'active' || entered.some(({ type }) => type === 'final')) reasons.push('final state');
  const steps = getMicrosteps(at.machine as AnyStateMachine, at as never, event as never);
  if (steps.length > 1) reasons.push('several steps');
  if (next !== at && reached.some(({ always }) => always !== undefined)) reasons.push('eventless transition');
  if (next.context !== at.context) reasons.push('changed context');
  for (const { type, exec } of actions) {
    if (type.startsWith('xstate.')) reasons.push(type);
    else if (exec === undefined) reasons.push('missing action');
  }
  return reasons;
}

/** What the lane does not try, though it could. */
function reasonsToHesitate(at: AnyMachineSnapshot, event: EventObject): string[] {
  const reasons: string[] = [];
  if (asksCompositeGuard(at, event)) reasons.push('composite guard');
  const [next] = interpret(at, event);
  const before: readonly AnyStateNode[] = at._nodes;
  const after: readonly AnyStateNode[] = next._nodes;
  const selected = selectedOf(at, event);
  // Without a target, or of the root itself.
  if (selected.some(({ reenter, target, source }) => reenter && (target === undefined || !source.parent))) {
    reasons.push('reentrance');
  }
  const isMove = selected.some(({ target }) => target !== undefined);
  if (isMove && selected.length > 1) reasons.push('several moves');
  if (isMove && after.every((node) => before.includes(node))) reasons.push('the same states again');
  const targets = selected.flatMap(({ target }) => target ?? []);
  // States that are left and entered again do not show in the outcome: all that are active are suspected.
  const within = isMove ? before.flatMap(({ states }) => Object.values(states)) : [];
  if ([...targets, ...within].some(({ type }) => type === 'history')) reasons.push('history');
  const parts = [
    ...(isMove ? before.flatMap(({ exit }) => exit) : []),
    ...selected.flatMap(({ actions }) => actions),
    ...(isMove ? after.flatMap(({ entry }) => entry) : []),
  ];
  const { actions } = at.machine.implementations;
  for (const part of parts) {
    const implementation: unknown = typeof part === 'function' ? part : actions[nameOf(part)];
    if (typeof implementation === 'function' && 'resolve' in implementation) {
      reasons.push((implementation as unknown as EventObject).type);
    }
  }
  return reasons;
}

/** Whether a guard that is no plain function may be asked about an event. */
function asksCompositeGuard(at: AnyMachineSnapshot, { type }: EventObject): boolean {
  const { guards } = at.machine.implementations;
  return (at._nodes as readonly AnyStateNode[])
    .flatMap(({ transitions }) => transitions.get(type) ?? [])
    .some(({ guard }) => {
      if (guard === undefined) return false;
      const implementation: unknown = typeof guard === 'function' ? guard : guards[nameOf(guard)];
      return typeof implementation !== 'function' || 'check' in implementation;
    });
}

function nameOf(part: unknown): string {
  return typeof part === 'string' ? part : ((part as { type?: string }).type ?? '');
}
