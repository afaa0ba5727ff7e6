/**
 * The short-cut for what most events are: transitions whose guards and actions are plain functions, and which lead
 * nowhere or to states of no further consequence. It asks the guards and runs the actions that XState's interpreter
 * would, in its order and with its arguments; every other event is the interpreter's. It knows neither who watches
 * nor how events arrive.
 *
 * What it takes for granted of XState 5.33, and fast-lane-reliance.test.ts holds XState to:
 * - a snapshot's `_nodes` are its active states, and with them its `value` and `tags` are given;
 * - a state's `transitions` map an event's type to its candidates in order; `always` is asked after every event;
 * - an event that comes to nothing but plain actions, or to nothing, leaves the very same snapshot, and one that
 *   leads to other states makes one that differs by `_nodes`, `value` and `tags`;
 * - guards get `{ context, event }`, actions `{ context, event, self, system }`, and both their params;
 * - names are looked up in `machine.implementations`; builtin guards have a `check`, builtin actions a `resolve`.
 *
 * A guard may be asked twice, here and by the interpreter: guards have no effects.
 */

import type { AnyActorRef, AnyMachineSnapshot, AnyStateMachine, AnyStateNode, EventObject } from 'xstate';
import {
  INTERNAL_EVENT,
  tabulate,
  type Choice,
  type Outcome,
  type Step,
  type Table,
} from './fast-lane-chart.ts';

export interface FastLane {
  /** Whether this actor may take it now. */
  isOpenTo(self: AnyActorRef): boolean;
  /** What an event comes to in these states; undefined when that is for the interpreter to say. */
  choose(at: AnyMachineSnapshot, event: EventObject): Outcome | undefined;
  /** Does it, as `self`, and returns the snapshot that it leads to. Throws what an action throws. */
  run(outcome: Outcome, at: AnyMachineSnapshot, event: EventObject, self: AnyActorRef): AnyMachineSnapshot;
}

/** Where a machine has the fast lane of its actors. */
export const LANE = Symbol('lane');

export interface Laned {
  readonly [LANE]: FastLane;
}

/** No transition was selected. */
const NOTHING: Outcome = { steps: [], to: undefined };

/** Kept on a snapshot's list of states: it is looked up with each event, and goes with the states that it is about. */
const TABLE = Symbol('table');

interface Tabled {
  [TABLE]?: Table;
}

/** What guards are given besides their params. */
interface GuardArgs {
  readonly context: unknown;
  readonly event: EventObject;
}

/** The tables of a machine, found by one state after the other. */
interface Branch {
  readonly next: Map<AnyStateNode, Branch>;
  table: Table | undefined;
}

/**
 * The same machine, for `createActor`: its actors do what they would do anyway, most of it quicker. An actor to
 * which the lane is not open has every event interpreted; an inspected one has to, for its steps to be seen.
 */
export function withFastLane<Machine extends AnyStateMachine>(
  machine: Machine,
  isOpenTo: FastLane['isOpenTo'] = () => true,
): Machine & Laned {
  const lane = createFastLane(machine, isOpenTo);
  const laned: Laned & Pick<AnyStateMachine, 'transition'> = {
    [LANE]: lane,
    transition(from, event, scope) {
      const self: AnyActorRef = scope.self;
      // XState's pure `transition()` asks too, in the name of an actor that does not run, and wants nothing done.
      const isLive = self.getSnapshot() === from;
      const outcome = isLive && isOpenTo(self) ? lane.choose(from, event) : undefined;
      return outcome === undefined
        ? machine.transition(from, event, scope)
        : lane.run(outcome, from, event, self);
    },
  };
  return Object.create(machine, Object.getOwnPropertyDescriptors(laned)) as Machine & Laned;
}

function createFastLane(machine: AnyStateMachine, isOpenTo: FastLane['isOpenTo']): FastLane {
  const root: Branch = { next: new Map(), table: undefined };

  function tableOf(nodes: readonly AnyStateNode[]): Table {
    let branch = root;
    for (const node of nodes) {
      let next = branch.next.get(node);
      if (next === undefined) {
        next = { next: new Map(), table: undefined };
        branch.next.set(node, next);
      }
      branch = next;
    }
    branch.table ??= tabulate(machine, nodes);
    return branch.table;
  }

  return {
    isOpenTo,
    choose(at, event) {
      if (at.status !== 'active') return undefined;
      const nodes: readonly AnyStateNode[] = at._nodes;
      const table = ((nodes as Tabled)[TABLE] ??= tableOf(nodes));
      if (!table.isComplete) return undefined;
      const choice = table.choices.get(event.type);
      if (choice === undefined) return event.type.startsWith(INTERNAL_EVENT) ? undefined : NOTHING;
      try {
        // One object for all guards that are asked, and one for all actions that are run: this is done for every message.
        return select(choice, { context: at.context, event });
      } catch {
        // The interpreter asks the same guard, meets the same error and tells it in its own words.
        return undefined;
      }
    },
    run({ steps, to }, at, event, self) {
      const args = { context: at.context, event, self, system: self.system };
      for (const { implementation, params } of steps) {
        implementation(args, typeof params === 'function' ? params(args) : params);
      }
      if (to === undefined) return at;
      to.table ??= tableOf(to.nodes);
      return moveTo(to.table, at);
    },
  };
}

/**
 * A snapshot in other states. What is theirs is shared by all snapshots that are in them. It is written out as
 * XState writes its own: with a spread each snapshot would have a hidden class of its own, and all that reads
 * snapshots would be slow.
 */
function moveTo({ nodes, value, tags }: Table, from: AnyMachineSnapshot): AnyMachineSnapshot {
  const { status, output, error, machine, context, children, historyValue } = from;
  const { matches, hasTag, can, getMeta, toJSON } = from;
  return {
    status,
    output,
    error,
    machine,
    context,
    _nodes: nodes,
    value,
    tags,
    children,
    historyValue,
    matches,
    hasTag,
    can,
    getMeta,
    toJSON,
  } as unknown as AnyMachineSnapshot;
}

/** `NOTHING` when no candidate may be taken; undefined when the one that may is not for the lane. */
function select(choice: Choice, args: GuardArgs): Outcome | undefined {
  const { regions, candidates } = choice;
  if (regions.length > 0) {
    const selected = selectInEach(regions, args);
    if (selected !== NOTHING) return selected;
  }
  for (const { guard, outcome } of candidates) {
    if (guard === undefined || passes(guard, args)) return outcome;
  }
  return NOTHING;
}

function selectInEach(regions: readonly Choice[], args: GuardArgs): Outcome | undefined {
  let all = NOTHING;
  for (const region of regions) {
    const outcome = select(region, args);
    if (outcome === undefined) return undefined;
    if (outcome === NOTHING) continue;
    if (all === NOTHING) all = outcome;
    // Two moves at a time may be in each other's way, and their actions mix.
    else if (all.to !== undefined || outcome.to !== undefined) return undefined;
    else all = { steps: [...all.steps, ...outcome.steps], to: undefined };
  }
  return all;
}

function passes({ implementation, params }: Step, args: GuardArgs): unknown {
  return implementation(args, typeof params === 'function' ? params(args) : params);
}
