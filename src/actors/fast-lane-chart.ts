/**
 * What a machine does about events while certain states are active, read off its chart once: the part of it that
 * is nothing but plain functions and other states. It runs none of them.
 */

import type { AnyStateMachine, AnyStateNode, EventObject, StateValue } from 'xstate';
import { planMove, type Transition } from './fast-lane-move.ts';

/** A guard or an action: a plain function, and what the chart gives it besides the event. */
export interface Step {
  readonly implementation: (args: object, params: unknown) => unknown;
  /** A value, or a function that makes it of context and event. */
  readonly params: unknown;
}

/** What comes of an event. */
export interface Outcome {
  /** What is done, in order: what leaving states and entering others asks for, too. */
  readonly steps: readonly Step[];
  /** Where it leads; undefined when all states stay. */
  readonly to: Destination | undefined;
}

/** States that are active together, in XState's order. */
export interface Destination {
  readonly nodes: readonly AnyStateNode[];
  /** Theirs, when they were looked up once. */
  table: Table | undefined;
}

/** One of the transitions that a state has for an event. */
export interface Candidate {
  /** Without one it is always taken. */
  readonly guard: Step | undefined;
  /** Undefined when there is more to it. */
  readonly outcome: Outcome | undefined;
}

/** Which transitions an event selects: one from each region that has one, or else the first candidate that may. */
export interface Choice {
  /** Parallel regions that have something for the event, in the order in which they are asked. */
  readonly regions: readonly Choice[];
  /** From the innermost state outwards, each state's in its own order. */
  readonly candidates: readonly Candidate[];
}

/** States that are active together, and what they do about each event; one that is not in it is ignored. */
export interface Table {
  readonly nodes: readonly AnyStateNode[];
  readonly value: StateValue;
  readonly tags: ReadonlySet<string>;
  readonly choices: ReadonlyMap<EventObject['type'], Choice>;
  /** False where more than the event's own transitions is at stake: nothing can be read off there. */
  readonly isComplete: boolean;
}

/** XState's own events; one that nobody handles may still end its actor. */
export const INTERNAL_EVENT = 'xstate.';

/** Where the chart has more than a plain function: the rest of the candidates is not looked at. */
const BEYOND: Candidate = { guard: undefined, outcome: undefined };

/** Reads a machine's chart for these active states, which are in XState's order. */
export function tabulate(machine: AnyStateMachine, nodes: readonly AnyStateNode[]): Table {
  const types = new Set(nodes.flatMap(({ transitions }) => [...transitions.keys()]));
  const value = valueOf(machine.root, nodes);
  const choices = new Map<string, Choice>();
  for (const type of types) {
    if (!type.startsWith(INTERNAL_EVENT)) {
      choices.set(type, chooseFrom({ machine, nodes, type }, machine.root, value));
    }
  }
  // An eventless transition may be enabled by whatever an action does; a wildcard stands for unknown events.
  const isComplete = nodes.every(({ always }) => always === undefined) && ![...types].some(isWildcard);
  const tags = new Set(nodes.flatMap((node) => node.tags));
  return { nodes, value, tags, choices, isComplete };
}

function isWildcard(descriptor: string): boolean {
  return descriptor === '*' || descriptor.endsWith('.*');
}

function valueOf(node: AnyStateNode, active: readonly AnyStateNode[]): StateValue {
  const within = active.filter(({ parent }) => parent === node);
  const [first] = within;
  if (node.type === 'compound' && (first?.type === 'atomic' || first?.type === 'final')) return first.key;
  return Object.fromEntries(within.map((child) => [child.key, valueOf(child, active)]));
}

interface Question {
  readonly machine: AnyStateMachine;
  readonly nodes: readonly AnyStateNode[];
  readonly type: string;
}

/** The choice among a state's transitions and those of the states within; the innermost have precedence. */
function chooseFrom(question: Question, node: AnyStateNode, value: StateValue | undefined): Choice {
  const own = (node.transitions.get(question.type) ?? []).map((each) => toCandidate(question, each));
  // Regions are asked in the order of the state's value, which is not always that of the chart.
  const active: readonly (readonly [string, StateValue | undefined])[] =
    typeof value === 'string' ? [[value, undefined]] : Object.entries(value ?? {});
  const inner = active
    .map(([key, within]) => chooseFrom(question, node.states[key]!, within))
    .filter(({ regions, candidates }) => regions.length > 0 || candidates.length > 0);
  const [only] = inner;
  if (only === undefined) return { regions: [], candidates: own };
  if (inner.length > 1) return { regions: inner, candidates: own };
  return { regions: only.regions, candidates: [...only.candidates, ...own] };
}

function toCandidate(question: Question, transition: Transition): Candidate {
  const { guard } = transition;
  if (guard === undefined) return { guard: undefined, outcome: toOutcome(question, transition) };
  const test = toStep(guard, question.machine.implementations.guards, 'check');
  return test === undefined ? BEYOND : { guard: test, outcome: toOutcome(question, transition) };
}

function toOutcome({ machine, nodes }: Question, transition: Transition): Outcome | undefined {
  const { target, reenter, actions } = transition;
  if (target === undefined) {
    const steps = reenter ? undefined : toSteps(machine, actions);
    return steps && { steps, to: undefined };
  }
  const move = planMove(transition, nodes);
  // Who comes back to the same states keeps the snapshot, though not by staying.
  if (move === undefined || move.nodes.every((node) => nodes.includes(node))) return undefined;
  const { left, entered } = move;
  const parts = [...left.flatMap(({ exit }) => exit), ...actions, ...entered.flatMap(({ entry }) => entry)];
  const steps = toSteps(machine, parts);
  return steps && { steps, to: { nodes: move.nodes, table: undefined } };
}

function toSteps({ implementations }: AnyStateMachine, parts: readonly unknown[]): Step[] | undefined {
  const steps: Step[] = [];
  for (const part of parts) {
    const step = toStep(part, implementations.actions, 'resolve');
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return steps;
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
