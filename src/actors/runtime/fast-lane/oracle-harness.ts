/** For tests of the fast lane: compares decisions of the lane with what XState's interpreter does. */

import {
  getMicrosteps,
  initialTransition,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type EventObject,
} from 'xstate';
import type { Outcome } from './table.ts';

/** Whether a decision of the lane is right. */
export interface Verdict {
  /** Undefined if the decision is right. */
  readonly mistake: string | undefined;
  /** If the lane must refuse the event: the reasons. If it must handle it: what the event does. */
  readonly labels: readonly string[];
}

/** An action as XState's pure functions return it. */
interface PureAction {
  readonly type: string;
  readonly params: unknown;
  readonly exec: unknown;
}

interface Interpreted {
  readonly snapshot: AnyMachineSnapshot;
  readonly actions: readonly PureAction[];
}

/** Compares a decision of the lane with what the interpreter does, by XState's pure functions. */
export function judge(outcome: Outcome | undefined, at: AnyMachineSnapshot, event: EventObject): Verdict {
  const reasons = reasonsAtFirst(at, event);
  let steps: readonly Interpreted[] = [];
  if (reasons.length === 0) {
    try {
      steps = interpret(at, event);
    } catch {
      // The lane chooses eventless transitions only after the event itself is done.
      if (outcome?.to?.hasEventless) return { labels: ['move to a failure'], mistake: undefined };
      reasons.push('another error');
    }
  }
  const [first] = steps;
  if (first !== undefined) reasons.push(...reasonsOf(first, at));
  if (outcome === undefined) {
    if (first !== undefined && reasons.length === 0) reasons.push(...reasonsNotTried(first, at, event));
    return {
      labels: reasons,
      mistake: reasons.length === 0 ? 'it is refused without a reason' : undefined,
    };
  }
  if (first === undefined || reasons.length > 0) {
    return { labels: reasons, mistake: `it is handled in spite of ${reasons.join()}` };
  }
  const isSame = isSameOutcome(outcome, at, outcome.to?.hasEventless ? [first] : steps);
  return {
    labels: [labelOf(outcome, steps.length, selectedOf(at, event).length)],
    mistake: isSame ? undefined : 'the outcome is different',
  };
}

/** Compares the first snapshot that the lane makes with that of the interpreter. */
export function judgeBeginning(begun: AnyMachineSnapshot, actions: readonly PureAction[]): Verdict {
  const machine = begun.machine as AnyStateMachine;
  const [expected, expectedActions] = initialTransition(machine) as unknown as [
    AnyMachineSnapshot,
    readonly PureAction[],
  ];
  const isSame =
    isEqual(actions.map(toComparable), expectedActions.map(toComparable)) &&
    isEqual(begun._nodes, expected._nodes) &&
    isEqual(Object.keys(begun), Object.keys(expected)) &&
    JSON.stringify([begun.value, begun.context]) === JSON.stringify([expected.value, expected.context]) &&
    begun.status === expected.status;
  const isDirect = isEqual(begun._nodes, firstNodesOf(machine.root));
  return {
    labels: [isDirect ? 'beginning' : 'beginning and eventless transition'],
    mistake: isSame ? undefined : 'it begins differently',
  };
}

function toComparable({ type, params, exec }: PureAction): string {
  return JSON.stringify([type, params, String(exec)]);
}

function firstNodesOf(node: AnyStateNode): AnyStateNode[] {
  const within = node.type === 'compound' ? [...node.initial.target] : Object.values(node.states);
  return [node, ...(within as AnyStateNode[]).flatMap(firstNodesOf)];
}

/** Whether an outcome is the same as what the interpreter does. */
function isSameOutcome(
  outcome: Outcome,
  at: AnyMachineSnapshot,
  interpreted: readonly Interpreted[],
): boolean {
  const { steps, to } = outcome;
  const { snapshot: next } = interpreted.at(-1)!;
  return (
    isEqual(
      steps.map(({ implementation }) => implementation),
      interpreted.flatMap(({ actions }) => actions.map(({ exec }) => exec)),
    ) &&
    isEqual(to?.nodes ?? at._nodes, next._nodes) &&
    (next === at) === (to === undefined) &&
    (next.status === 'done') === (to?.isEnd ?? false) &&
    next.output === undefined
  );
}

function labelOf({ to }: Outcome, steps: number, selected: number): string {
  if (to === undefined) return ['none', 'one'][selected] ?? 'several';
  if (to.hasEventless) return 'move before eventless transitions';
  const isCompletion = steps > 1;
  if (to.isEnd) return isCompletion ? 'end by completion' : 'end';
  return isCompletion ? 'completion' : 'move';
}

function isEqual(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

/** The steps of the interpreter; the first one is that of the event itself. */
function interpret(at: AnyMachineSnapshot, event: EventObject): Interpreted[] {
  const steps = getMicrosteps(at.machine as AnyStateMachine, at as never, event as never) as unknown as [
    AnyMachineSnapshot,
    readonly PureAction[],
  ][];
  return steps.map(([snapshot, actions]) => ({ snapshot, actions }));
}

function selectedOf(at: AnyMachineSnapshot, event: EventObject) {
  return at.machine.getTransitionData(at, event);
}

/** Why the lane must refuse an event, independent of what the event does. */
function reasonsAtFirst(at: AnyMachineSnapshot, event: EventObject): string[] {
  if (event.type.startsWith('xstate.')) return ['internal event'];
  const nodes: readonly AnyStateNode[] = at._nodes;
  const reasons: string[] = [];
  if (hasWildcards(nodes)) reasons.push('wildcard');
  if (hasEventless(nodes)) reasons.push('eventless transition');
  try {
    selectedOf(at, event);
  } catch {
    reasons.push('throwing guard');
  }
  return reasons;
}

/** Why the lane must refuse an event, by what the interpreter does. */
function reasonsOf({ snapshot: next, actions }: Interpreted, at: AnyMachineSnapshot): string[] {
  const reasons: string[] = [];
  if (next.context !== at.context) reasons.push('changed context');
  if (next.output !== undefined) reasons.push('output');
  if (next.status === 'done' && Object.keys(at.children).length > 0) reasons.push('children at the end');
  for (const { type, exec } of actions) {
    if (type.startsWith('xstate.')) reasons.push(type);
    else if (exec === undefined) reasons.push('missing action');
  }
  return reasons;
}

/** Why the lane may refuse an event: cases that it does not support. */
function reasonsNotTried(
  { snapshot: next }: Interpreted,
  at: AnyMachineSnapshot,
  event: EventObject,
): string[] {
  const reasons: string[] = [];
  if (asksCompositeGuard(at, event)) reasons.push('composite guard');
  const before: readonly AnyStateNode[] = at._nodes;
  const after: readonly AnyStateNode[] = next._nodes;
  const selected = selectedOf(at, event);
  // It has no target, or the root is its source.
  if (selected.some(({ reenter, target, source }) => reenter && (target === undefined || !source.parent))) {
    reasons.push('reentrance');
  }
  const isMove = selected.some(({ target }) => target !== undefined);
  if (isMove && selected.length > 1) reasons.push('several moves');
  if (isMove && after.every((node) => before.includes(node))) reasons.push('the same states again');
  const targets = selected.flatMap(({ target }) => target ?? []);
  // The outcome does not show states that are exited and entered again, so all active states are checked.
  const within = isMove ? before.flatMap(({ states }) => Object.values(states)) : [];
  if ([...targets, ...within].some(({ type }) => type === 'history')) reasons.push('history');
  const isEnd = next.status === 'done';
  const finals = isMove ? after.filter(({ type }) => type === 'final') : [];
  const hasCompletions = finals.some(
    ({ parent }) => parent?.parent !== undefined || parent?.type !== 'compound',
  );
  if (hasCompletions) reasons.push('completion');
  if (finals.some(({ output }) => output !== undefined)) reasons.push('output');
  if (isMove && !isEnd && (hasCompletions || hasEventless(after))) {
    if (hasWildcards(after)) reasons.push('wildcard in the target');
    if (after.some(({ transitions }) => transitions.has(event.type))) {
      reasons.push('the target handles the event');
    }
  }
  const parts = [
    ...(isMove ? before.flatMap(({ exit }) => exit) : []),
    ...selected.flatMap(({ actions }) => actions),
    ...(isMove ? after.flatMap(({ entry }) => entry) : []),
    ...(isEnd ? after.flatMap(({ exit }) => exit) : []),
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

function hasWildcards(nodes: readonly AnyStateNode[]): boolean {
  return nodes.some(({ transitions }) => [...transitions.keys()].some((type) => type.endsWith('*')));
}

function hasEventless(nodes: readonly AnyStateNode[]): boolean {
  return nodes.some(({ always }) => always !== undefined);
}

/** Whether an event may need a guard that is not a plain function. */
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
