/**
 * Reads the chart of a machine as plain data. Actions, guards, actors and named delays are given by their names.
 */

import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { Chart, ChartState, ChartTransition, ChartTrigger, StatePath } from './chart.ts';
import { nameTransition } from './transition-id.ts';

type Definition = AnyStateNode['always'] extends readonly (infer T)[] | undefined ? T : never;

/** How XState keeps actions, guards and actors: a name, an object with the name as its type, or a function. */
type Named = string | { readonly type: string } | NamedFunction;

interface NamedFunction {
  (...args: never[]): unknown;
  /** Of a built-in action. */
  readonly type?: string;
  /** Of `raise`. */
  readonly event?: unknown;
  /** Of `cancel`. */
  readonly sendId?: unknown;
  /** Of `stateIn`. */
  readonly stateValue?: unknown;
  /** Of `and`, `or` and `not`. */
  readonly guards?: readonly Named[];
}

const INLINE = 'inline';
/** The names of inline functions: JavaScript names them after the fields that they are written in. */
const FIELDS: ReadonlySet<string> = new Set(['', 'actions', 'guard', 'entry', 'exit']);
const INLINE_ACTOR = 'xstate.invoke.';
const AFTER = 'xstate.after.';
const DONE_STATE = 'xstate.done.state.';
const DONE_ACTOR = 'xstate.done.actor.';
const ERROR_ACTOR = 'xstate.error.actor.';

/** @throws {Error} for a machine with history states, which charts do not have. */
export function describeChart(machine: AnyStateMachine): Chart {
  const { root } = machine;
  return {
    machine: machine.id,
    root: describeState(root),
    transitions: withDescendants(root).flatMap(describeTransitions),
  };
}

function describeState(node: AnyStateNode): ChartState {
  const { key, type, description = '', entry, exit, invoke } = node;
  const maxSeconds = maxSecondsOf(node);
  if (type === 'history') throw new Error(`${node.id} is a history state, which charts do not have`);
  return {
    path: toPath(node),
    key,
    type,
    description,
    ...(type === 'compound' && { initial: toPath(firstOf(node.initial.target)) }),
    entry: entry.filter((action) => !isTimer(action as Named)).map((action) => nameOf(action as Named)),
    exit: exit.filter((action) => !isTimer(action as Named)).map((action) => nameOf(action as Named)),
    invokes: invoke.map(({ src }) => nameSource(src)),
    ...(maxSeconds !== undefined && { maxSeconds }),
    states: childrenOf(node).map(describeState),
  };
}

/** How long an actor may be in a state, in seconds; undefined if any time is right. */
export function maxSecondsOf({ meta }: AnyStateNode): number | undefined {
  return (meta as { readonly maxSeconds?: number } | undefined)?.maxSeconds;
}

function describeTransitions(node: AnyStateNode): ChartTransition[] {
  const byDescriptor: [string, readonly Definition[]][] = [['', node.always ?? []], ...node.transitions];
  return byDescriptor.flatMap(([descriptor, definitions]) =>
    definitions.map((definition, index) => describeTransition(node, descriptor, index, definition)),
  );
}

function describeTransition(
  node: AnyStateNode,
  descriptor: string,
  index: number,
  { target, guard, actions, reenter }: Definition,
): ChartTransition {
  const source = toPath(node);
  return {
    id: nameTransition(source, descriptor, index),
    source,
    targets: (target ?? []).map(toPath),
    trigger: describeTrigger(node, descriptor),
    ...(guard !== undefined && { guard: nameOf(guard) }),
    actions: actions.map((action) => nameOf(action as Named)),
    reenter,
  };
}

function describeTrigger(node: AnyStateNode, descriptor: string): ChartTrigger {
  if (descriptor === '') return { type: 'always' };
  if (descriptor.startsWith(AFTER)) {
    const timer = node.after.find(({ eventType }) => eventType === descriptor);
    return { type: 'after', delay: nameDelay(timer?.delay) };
  }
  if (descriptor.startsWith(DONE_STATE)) return { type: 'done', of: '' };
  if (descriptor.startsWith(DONE_ACTOR))
    return { type: 'done', of: nameInvoked(node, descriptor.slice(DONE_ACTOR.length)) };
  if (descriptor.startsWith(ERROR_ACTOR))
    return { type: 'error', of: nameInvoked(node, descriptor.slice(ERROR_ACTOR.length)) };
  return { type: 'event', event: descriptor };
}

function nameInvoked(node: AnyStateNode, id: string): string {
  const invoked = node.invoke.find((definition) => definition.id === id);
  return invoked === undefined ? id : nameSource(invoked.src);
}

function nameSource(src: unknown): string {
  return typeof src === 'string' && !src.startsWith(INLINE_ACTOR) ? src : INLINE;
}

function nameDelay(delay: unknown): string {
  return typeof delay === 'string' || typeof delay === 'number' ? String(delay) : INLINE;
}

function nameOf(part: Named): string {
  if (typeof part === 'string') return part;
  if (typeof part !== 'function') return part.type;
  const { name, type, stateValue, guards } = part;
  if (stateValue !== undefined) return `stateIn(${nameStateValue(stateValue)})`;
  if (guards !== undefined) return `${name}(${guards.map(nameOf).join(', ')})`;
  return type ?? (FIELDS.has(name) ? INLINE : name);
}

/** `{ active: { journal: { writing: 'stalled' } } }` is `active.journal.writing.stalled`. */
function nameStateValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, below]) => {
      const rest = nameStateValue(below);
      return rest === '' ? key : `${key}.${rest}`;
    })
    .join(', ');
}

/** A delayed transition starts its timer in an entry action and cancels it in an exit action. A chart shows neither. */
function isTimer(action: Named): boolean {
  if (typeof action !== 'function') return false;
  const { type, event, sendId } = action;
  if (type === 'xstate.cancel') return typeof sendId === 'string' && sendId.startsWith(AFTER);
  return type === 'xstate.raise' && isTimerEvent(event);
}

function isTimerEvent(event: unknown): boolean {
  return (
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    typeof event.type === 'string' &&
    event.type.startsWith(AFTER)
  );
}

function withDescendants(node: AnyStateNode): AnyStateNode[] {
  return [node, ...childrenOf(node).flatMap(withDescendants)];
}

function childrenOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states).sort((a, b) => a.order - b.order);
}

function toPath({ path }: AnyStateNode): StatePath {
  return path.join('.');
}

function firstOf<Value>(values: readonly Value[]): Value {
  const [first] = values;
  if (first === undefined) throw new Error('a compound state has no initial state');
  return first;
}
