/**
 * Reads a machine's chart into tables: what the machine does about each event while certain states are active. A table
 * contains only plain functions and target states. Nothing is run here.
 */

import type { AnyStateMachine, AnyStateNode, EventObject, StateValue } from 'xstate';
import { planMove, type Move, type Transition } from './move.ts';
import { toActions, toGuard } from './steps.ts';
import type { Candidate, Choice, Destination, Outcome, Table } from './table.ts';

/** The prefix of XState's own events. Such an event may end its actor even if no transition handles it. */
export const INTERNAL_EVENT = 'xstate.';

/** How many completions of states may follow one event. A limit is needed because a chart may have a loop. */
const MAX_COMPLETIONS = 3;

/** If a machine allows fewer steps for one event than this, the lane does not handle eventless transitions. */
const MIN_ITERATIONS = MAX_COMPLETIONS + 3;

/** A transition whose guard is not a plain function: here the interpreter must decide. */
const NOT_PLAIN: Candidate = { guard: undefined, outcome: undefined, left: 0 };

/** Which transitions of which states are looked for. */
interface Question {
  readonly machine: AnyStateMachine;
  readonly nodes: readonly AnyStateNode[];
  /**
   * The type of the event. Undefined for eventless transitions and for those that follow a completion; after these, no
   * further transition may follow.
   */
  readonly type: EventObject['type'] | undefined;
  /** How many completions came before. */
  readonly completions: number;
}

/** Reads the table of these active states, which are in XState's order. */
export function tabulate(machine: AnyStateMachine, nodes: readonly AnyStateNode[]): Table {
  const value = valueOf(machine.root, nodes);
  const types = typesOf(nodes);
  const choices = new Map<string, Choice>();
  for (const type of types) {
    if (!type.startsWith(INTERNAL_EVENT)) {
      choices.set(type, chooseFrom({ machine, nodes, type, completions: 0 }, type, machine.root, value));
    }
  }
  const eventless = chooseEventless({ machine, nodes, type: undefined, completions: 0 });
  // Any action may enable an eventless transition, and a wildcard matches events that are not known here.
  const isComplete = eventless.length === 0 && ![...types].some(isWildcard);
  if (!isComplete) choices.clear();
  const tags = new Set(nodes.flatMap((node) => node.tags));
  return {
    nodes,
    value,
    tags,
    choices,
    eventless,
    isComplete,
    latestType: '',
    latestChoice: choices.get(''),
  };
}

function typesOf(nodes: readonly AnyStateNode[]): Set<string> {
  return new Set(nodes.flatMap(({ transitions }) => [...transitions.keys()]));
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

/** The choice among the transitions of a state and of the states inside it. Those of inner states come first. */
function chooseFrom(
  question: Question,
  type: EventObject['type'],
  node: AnyStateNode,
  value: StateValue | undefined,
): Choice {
  const own = (node.transitions.get(type) ?? []).map((each) => toCandidate(question, each));
  // XState uses the order of the regions in the state's value. It may be different from the order in the chart.
  const active: readonly (readonly [string, StateValue | undefined])[] =
    typeof value === 'string' ? [[value, undefined]] : Object.entries(value ?? {});
  const inner = active
    .map(([key, within]) => chooseFrom(question, type, node.states[key]!, within))
    .filter((choice) => !isEmpty(choice));
  const [only] = inner;
  if (only === undefined) return toChoice([], own);
  if (inner.length > 1) return toChoice(inner, own);
  return toChoice(only.regions, [...only.candidates, ...own]);
}

function toChoice(regions: readonly Choice[], candidates: readonly Candidate[]): Choice {
  const [first] = candidates;
  const isCertain = regions.length === 0 && first?.guard === undefined;
  return { certain: isCertain ? first?.outcome : undefined, regions, candidates, heard: 0 };
}

function isEmpty({ regions, candidates }: Choice): boolean {
  return regions.length === 0 && candidates.length === 0;
}

/** The eventless transitions of each innermost state and of the states around it. An outer state may appear many times. */
function chooseEventless(question: Question): Choice[] {
  const candidates = new Map<Transition, Candidate>();
  const choices: Choice[] = [];
  for (const innermost of question.nodes) {
    if (innermost.type !== 'atomic' && innermost.type !== 'final') continue;
    const ofState: Candidate[] = [];
    for (let node: AnyStateNode | undefined = innermost; node !== undefined; node = node.parent) {
      for (const transition of node.always ?? []) {
        const candidate = candidates.get(transition) ?? toCandidate(question, transition);
        candidates.set(transition, candidate);
        ofState.push(candidate);
      }
    }
    if (ofState.length > 0) choices.push(toChoice([], ofState));
  }
  return choices;
}

function toCandidate(question: Question, transition: Transition): Candidate {
  const { guard } = transition;
  const outcome = toOutcome(question, transition);
  if (guard === undefined) return { guard: undefined, outcome, left: 0 };
  const test = toGuard(question.machine, guard);
  return test === undefined ? NOT_PLAIN : { guard: test, outcome, left: 0 };
}

function toOutcome(question: Question, transition: Transition): Outcome | undefined {
  const { machine, nodes } = question;
  const { target, reenter, actions } = transition;
  if (question.type === undefined && (machine.options.maxIterations ?? Infinity) < MIN_ITERATIONS)
    return undefined;
  if (target === undefined) {
    const steps = reenter ? undefined : toActions(machine, actions);
    return steps && { steps, to: undefined, taken: 0 };
  }
  const move = planMove(transition, nodes);
  // If the same states are active afterwards, XState keeps the snapshot. The lane does not handle this case.
  if (move === undefined || move.nodes.every((node) => nodes.includes(node))) return undefined;
  const { left, entered, isEnd } = move;
  const parts = [...left.flatMap(({ exit }) => exit), ...actions, ...entered.flatMap(({ entry }) => entry)];
  // At its end a machine runs the exit actions of all active states, although they stay active in the snapshot.
  if (isEnd) parts.push(...move.nodes.flatMap(({ exit }) => exit));
  const steps = toActions(machine, parts);
  const to = steps && toDestination(question, move);
  return steps && to && { steps, to, taken: 0 };
}

/** The final states of a move. Undefined if it is not known in advance what follows the move. */
function toDestination(question: Question, { nodes, isEnd, completed }: Move): Destination | undefined {
  const hasEventless = !isEnd && nodes.some(({ always }) => always !== undefined);
  const to: Destination = { nodes, isEnd, hasEventless };
  if (isEnd || (completed === undefined && !hasEventless)) return to;
  const types = typesOf(nodes);
  if ([...types].some(isWildcard)) return undefined;
  if (completed !== undefined) return hasEventless ? undefined : followCompletion(question, to, completed);
  return question.type === undefined || types.has(question.type) ? undefined : to;
}

/** Where the completion of a state leads, if this needs no guards and no actions; otherwise undefined. */
function followCompletion(
  { machine, completions }: Question,
  at: Destination,
  completed: AnyStateNode,
): Destination | undefined {
  const { nodes } = at;
  const next: Question = { machine, nodes, type: undefined, completions: completions + 1 };
  if (next.completions > MAX_COMPLETIONS) return undefined;
  const choice = chooseFrom(
    next,
    `xstate.done.state.${completed.id}`,
    machine.root,
    valueOf(machine.root, nodes),
  );
  if (isEmpty(choice)) return at;
  const { certain } = choice;
  return certain?.steps.length === 0 ? (certain.to ?? at) : undefined;
}
