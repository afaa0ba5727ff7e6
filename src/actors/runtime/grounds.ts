/**
 * Reads from the chart of an actor on what grounds it does something: in which state, asked what, by which guards. It is
 * called in the course of an action, only where something is refused.
 */

import type { AnyMachineSnapshot, AnyStateNode, EventObject } from 'xstate';
import type { AskedGuard, Grounds, ReachedLimit } from '../../protocol/grounds.ts';
import { paramsOf, toGuard } from './fast-lane/steps.ts';
import { snapshotOf } from './live-machine.ts';
import { actorOf, type Sender } from './sender.ts';

type Transition = NonNullable<AnyStateNode['always']>[number];

/**
 * The grounds of an action of the chart, for the event that the actor does now.
 * @param by Who decides. One that is no running actor has no state.
 * @param action The name of the action in the chart.
 * @param limit The bound that was reached, where one was.
 */
export function groundsOf(by: Sender, event: EventObject, action: string, limit?: ReachedLimit): Grounds {
  const actor = actorOf(by);
  // The states before the event: XState changes them when its actions have run.
  const snapshot = actor && snapshotOf(actor);
  const asked = { event: nameEvent(event.type), ...(limit !== undefined && { limit }) };
  if (snapshot === undefined) {
    return { ...(typeof by === 'object' && 'kind' in by && { machine: by.kind }), ...asked };
  }
  return { machine: snapshot.machine.id, ...findTransition(snapshot, event, action), ...asked };
}

function findTransition(
  snapshot: AnyMachineSnapshot,
  event: EventObject,
  action: string,
): Pick<Grounds, 'state' | 'guards'> {
  // Inner states are asked first.
  for (const node of snapshot._nodes.toReversed()) {
    for (const candidates of [node.transitions.get(event.type), node.always]) {
      const found = candidates && findCandidate(snapshot, event, candidates, action);
      if (found === undefined) continue;
      return { state: node.path.join('.'), ...(found.length > 0 && { guards: found }) };
    }
  }
  return {};
}

/** The guards that were asked until a transition with the action was taken; undefined if there is none. */
function findCandidate(
  snapshot: AnyMachineSnapshot,
  event: EventObject,
  candidates: readonly Transition[],
  action: string,
): AskedGuard[] | undefined {
  const possible = candidates.filter(({ actions }) => actions.some((each) => nameOf(each) === action));
  // Most often the name tells it, and no guard is asked again.
  const taken = possible.length === 1 ? possible[0] : possible.find((each) => holds(snapshot, event, each));
  if (taken === undefined) return undefined;
  const before = candidates.slice(0, candidates.indexOf(taken)).filter(({ guard }) => guard !== undefined);
  const guards = before.map(({ guard }) => ({ name: nameOf(guard), holds: false }));
  return taken.guard === undefined ? guards : [...guards, { name: nameOf(taken.guard), holds: true }];
}

function holds({ machine, context }: AnyMachineSnapshot, event: EventObject, { guard }: Transition): boolean {
  if (guard === undefined) return true;
  const step = toGuard(machine, guard);
  const args = { context, event };
  return step !== undefined && step.implementation(args, paramsOf(step, args)) === true;
}

/** The name of a guard or an action, as the chart has it. */
function nameOf(part: unknown): string {
  if (typeof part === 'string') return part;
  if (typeof part === 'function') return part.name;
  return String((part as { readonly type?: unknown }).type);
}

const OWN_EVENT = /^xstate\.(after|done|error)\.(?:actor\.)?([^.]*)/;

/** XState's own events by what people say: `after timeout`, `done`, `failed`. */
function nameEvent(type: string): string {
  const own = OWN_EVENT.exec(type);
  if (own === null) return type;
  const [, what, name] = own;
  if (what === 'after') return `after ${name}`;
  return what === 'done' ? 'done' : 'failed';
}
