/**
 * What a machine does about events while certain states are active, read off its chart once: the part of it that
 * is nothing but plain functions and other states. It runs none of them.
 */

import type { AnyStateMachine, AnyStateNode, EventObject, StateValue } from 'xstate';
import { planMove, type Move, type Transition } from './move.ts';
import { toActions, toGuard } from './steps.ts';
import type { Candidate, Choice, Destination, Outcome, Table } from './table.ts';

/** XState's own events; one that nobody handles may still end its actor. */
export const INTERNAL_EVENT = 'xstate.';

/** How many transitions an event may lead to by what it completes; a chart may go round in circles. */
const MAX_COMPLETIONS = 3;

/** A machine that allows itself fewer steps for an event than that is not led on from where one leads. */
const MIN_ITERATIONS = MAX_COMPLETIONS + 3;

/** Where the chart has more than a plain function: the rest of the candidates is not looked at. */
const BEYOND: Candidate = { guard: undefined, outcome: undefined };

/** What is asked of states. */
interface Question {
  readonly machine: AnyStateMachine;
  readonly nodes: readonly AnyStateNode[];
  /** Undefined for eventless transitions, and for those that follow a completion: after them, all has to be at rest. */
  readonly type: EventObject['type'] | undefined;
  /** How many completions have led there. */
  readonly completions: number;
}

/** Reads a machine's chart for these active states, which are in XState's order. */
export function tabulate(machine: AnyStateMachine, nodes: readonly AnyStateNode[]): Table {
  const value = valueOf(machine.root, nodes);
  const types = typesOf(nodes);
  const choices = new Map<string, Choice>();
  for (const type of types) {
    if (!type.startsWith(INTERNAL_EVENT)) {
      choices.set(type, chooseFrom({ machine, nodes, type, completions: 0 }, type, machine.root, value));
    }
  }
  const eventless = askEventless({ machine, nodes, type: undefined, completions: 0 });
  // An eventless transition may be enabled by whatever an action does; a wildcard stands for unknown events.
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

/** The choice among a state's transitions and those of the states within; the innermost have precedence. */
function chooseFrom(
  question: Question,
  type: EventObject['type'],
  node: AnyStateNode,
  value: StateValue | undefined,
): Choice {
  const own = (node.transitions.get(type) ?? []).map((each) => toCandidate(question, each));
  // Regions are asked in the order of the state's value, which is not always that of the chart.
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
  return { certain: isCertain ? first?.outcome : undefined, regions, candidates };
}

function isEmpty({ regions, candidates }: Choice): boolean {
  return regions.length === 0 && candidates.length === 0;
}

/** A state around several innermost ones is asked for each of them, and has the same candidates each time. */
function askEventless(question: Question): Choice[] {
  const candidates = new Map<Transition, Candidate>();
  const asked: Choice[] = [];
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
    if (ofState.length > 0) asked.push(toChoice([], ofState));
  }
  return asked;
}

function toCandidate(question: Question, transition: Transition): Candidate {
  const { guard } = transition;
  if (guard === undefined) return { guard: undefined, outcome: toOutcome(question, transition) };
  const test = toGuard(question.machine, guard);
  return test === undefined ? BEYOND : { guard: test, outcome: toOutcome(question, transition) };
}

function toOutcome(question: Question, transition: Transition): Outcome | undefined {
  const { machine, nodes } = question;
  const { target, reenter, actions } = transition;
  if (question.type === undefined && (machine.options.maxIterations ?? Infinity) < MIN_ITERATIONS)
    return undefined;
  if (target === undefined) {
    const steps = reenter ? undefined : toActions(machine, actions);
    return steps && { steps, to: undefined };
  }
  const move = planMove(transition, nodes);
  // Who comes back to the same states keeps the snapshot, though not by staying.
  if (move === undefined || move.nodes.every((node) => nodes.includes(node))) return undefined;
  const { left, entered, isEnd } = move;
  const parts = [...left.flatMap(({ exit }) => exit), ...actions, ...entered.flatMap(({ entry }) => entry)];
  // At its end a machine leaves all its states, though it stays in them.
  if (isEnd) parts.push(...move.nodes.flatMap(({ exit }) => exit));
  const steps = toActions(machine, parts);
  const to = steps && toDestination(question, move);
  return steps && to && { steps, to };
}

/** Where a move leads in the end; undefined when more follows than can be told before. */
function toDestination(question: Question, { nodes, isEnd, completed }: Move): Destination | undefined {
  const isRestless = !isEnd && nodes.some(({ always }) => always !== undefined);
  const to: Destination = { nodes, isEnd, isRestless };
  if (isEnd || (completed === undefined && !isRestless)) return to;
  const types = typesOf(nodes);
  if ([...types].some(isWildcard)) return undefined;
  if (completed !== undefined) return isRestless ? undefined : followCompletion(question, to, completed);
  return question.type === undefined || types.has(question.type) ? undefined : to;
}

/** Where the completion of a state leads on to, when that asks no guard and does nothing. */
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
