/**
 * What a machine does about events while it is in certain states, read off its chart once: the part of it that
 * is nothing but plain functions. It runs none of them.
 */

import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, EventObject, StateValue } from 'xstate';

/** A guard or an action: a plain function, and what the chart gives it besides the event. */
export interface Step {
  readonly implementation: (args: object, params: unknown) => unknown;
  /** A value, or a function that makes it of context and event. */
  readonly params: unknown;
}

/** One of the transitions that a state has for an event. */
export interface Candidate {
  /** Without one it is always taken. */
  readonly guard: Step | undefined;
  /** What is done, in order; undefined when that is more than running plain functions. */
  readonly actions: readonly Step[] | undefined;
}

/** Which transitions an event selects: one from each region that has one, or else the first candidate that may. */
export interface Choice {
  /** Parallel regions that have something for the event, in the order in which they are asked. */
  readonly regions: readonly Choice[];
  /** From the innermost state outwards, each state's in its own order. */
  readonly candidates: readonly Candidate[];
}

/** What the states of a snapshot do about each event; an event that is not in it is ignored. */
export interface Table {
  readonly choices: ReadonlyMap<EventObject['type'], Choice>;
  /** False where more than the event's own transitions is at stake: nothing can be read off there. */
  readonly isComplete: boolean;
}

/** XState's own events; one that nobody handles may still end its actor. */
export const INTERNAL_EVENT = 'xstate.';

/** Where the chart has more than a plain function: the rest of the candidates is not looked at. */
const BEYOND: Candidate = { guard: undefined, actions: undefined };

/** Reads a machine's chart for the states that `snapshot` is in. */
export function tabulate(machine: AnyStateMachine, snapshot: AnyMachineSnapshot): Table {
  const nodes: readonly AnyStateNode[] = snapshot._nodes;
  const types = new Set(nodes.flatMap(({ transitions }) => [...transitions.keys()]));
  const choices = new Map<string, Choice>();
  for (const type of types) {
    if (!type.startsWith(INTERNAL_EVENT)) {
      choices.set(type, chooseFrom(machine, machine.root, snapshot.value, type));
    }
  }
  // An eventless transition may be enabled by whatever an action does; a wildcard stands for unknown events.
  const isComplete = nodes.every(({ always }) => always === undefined) && ![...types].some(isWildcard);
  return { choices, isComplete };
}

function isWildcard(descriptor: string): boolean {
  return descriptor === '*' || descriptor.endsWith('.*');
}

/** The choice among a state's transitions and those of the states within; the innermost have precedence. */
function chooseFrom(
  machine: AnyStateMachine,
  node: AnyStateNode,
  value: StateValue | undefined,
  type: string,
): Choice {
  const own = (node.transitions.get(type) ?? []).map((transition) => toCandidate(machine, transition));
  // Regions are asked in the order of the state's value, which is not always that of the chart.
  const active: readonly (readonly [string, StateValue | undefined])[] =
    typeof value === 'string' ? [[value, undefined]] : Object.entries(value ?? {});
  const inner = active
    .map(([key, within]) => chooseFrom(machine, node.states[key]!, within, type))
    .filter(({ regions, candidates }) => regions.length > 0 || candidates.length > 0);
  const [only] = inner;
  if (only === undefined) return { regions: [], candidates: own };
  if (inner.length > 1) return { regions: inner, candidates: own };
  return { regions: only.regions, candidates: [...only.candidates, ...own] };
}

type Transition = AnyStateNode['transitions'] extends Map<string, (infer One)[]> ? One : never;

function toCandidate({ implementations }: AnyStateMachine, transition: Transition): Candidate {
  const { guard, target, reenter } = transition;
  const test = guard === undefined ? undefined : toStep(guard, implementations.guards, 'check');
  if (guard !== undefined && test === undefined) return BEYOND;
  if (target !== undefined || reenter) return { guard: test, actions: undefined };
  const actions: Step[] = [];
  for (const action of transition.actions) {
    const step = toStep(action, implementations.actions, 'resolve');
    if (step === undefined) return { guard: test, actions: undefined };
    actions.push(step);
  }
  return { guard: test, actions };
}

/** The plain function that a chart means; none for a builtin, which has a method by the name of `builtin`. */
function toStep(
  part: unknown,
  implementations: Readonly<Record<string, unknown>>,
  builtin: 'check' | 'resolve',
): Step | undefined {
  const { type, params } = (typeof part === 'string' ? { type: part } : part) as {
    readonly type?: string;
    readonly params?: unknown;
  };
  const implementation = typeof part === 'function' ? part : implementations[type ?? ''];
  if (typeof implementation !== 'function' || builtin in implementation) return undefined;
  return {
    implementation: implementation as Step['implementation'],
    params: typeof part === 'function' ? undefined : params,
  };
}
