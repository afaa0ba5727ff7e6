/**
 * The short-cut for what most events are: transitions whose guards and actions are plain functions, and which lead
 * nowhere, to other states, on from those by eventless transitions of the same kind, or to the end. It asks the guards
 * and runs the actions that XState's interpreter would, in its order and with its arguments; every other event is the
 * interpreter's. It knows neither who watches nor how events arrive.
 *
 * What it takes for granted of XState 5.33, and fast-lane/reliance.test.ts holds XState to:
 * - a snapshot's `_nodes` are its active states, and with them its `value` and `tags` are given;
 * - a state's `transitions` map an event's type to its candidates in order; `always` is asked after every event;
 * - an event that comes to nothing but plain actions, or to nothing, leaves the very same snapshot, and one that
 *   leads to other states makes one that differs by `_nodes`, `value` and `tags`, and at the end by its `status`;
 * - guards get `{ context, event }`, actions `{ context, event, self, system }`, and both their params;
 * - names are looked up in `machine.implementations`; builtin guards have a `check`, builtin actions a `resolve`;
 * - an event that no active state takes has eventless transitions selected, with that event for their guards;
 * - `machine.transition` takes an actor's `_actorScope`.
 *
 * A guard may be asked twice, here and by the interpreter: guards have no effects.
 */

import type {
  AnyActorRef,
  AnyActorScope,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  EventObject,
} from 'xstate';
import { Beginning } from './fast-lane/beginning.ts';
import { INTERNAL_EVENT } from './fast-lane/chart.ts';
import { NOTHING, select, selectEventless, type GuardArgs } from './fast-lane/select.ts';
import { moveTo } from './fast-lane/snapshot.ts';
import { paramsOf, type Step } from './fast-lane/steps.ts';
import { lookUp, type Destination, type Outcome, type Table } from './fast-lane/table.ts';
import { Tables } from './fast-lane/tables.ts';

export interface FastLane {
  /** Whether this actor may take it now. */
  isOpenTo(self: AnyActorRef): boolean;
  /** What an event comes to in these states; undefined when that is for the interpreter to say. */
  choose(at: AnyMachineSnapshot, event: EventObject): Outcome | undefined;
  /** Does it, as `self`, and returns the snapshot that it leads to. Throws what an action throws. */
  run(outcome: Outcome, at: AnyMachineSnapshot, event: EventObject, self: AnyActorRef): AnyMachineSnapshot;
  /** The first snapshot of an actor; undefined when that is for the interpreter to say. */
  begin(scope: AnyActorScope, input: unknown): AnyMachineSnapshot | undefined;
}

/** Where a machine has the fast lane of its actors. */
export const LANE = Symbol('lane');

export interface Laned {
  readonly [LANE]: FastLane;
}

/** What XState calls an actor's own means. */
interface Scoped {
  readonly _actorScope: AnyActorScope;
}

/**
 * The same machine, for `createActor`: its actors do what they would do anyway, most of it quicker. An actor to
 * which the lane is not open has every event interpreted; an inspected one has to, for its steps to be seen.
 */
export function withFastLane<Machine extends AnyStateMachine>(
  machine: Machine,
  isOpenTo: FastLane['isOpenTo'] = () => true,
): Machine & Laned {
  const tables = new Tables(machine);
  const beginning = new Beginning(machine, tables);
  const lane = createFastLane(machine, tables, beginning, isOpenTo);
  const laned: Laned & Pick<AnyStateMachine, 'transition' | 'getInitialSnapshot' | 'resolveState'> = {
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
    getInitialSnapshot(scope, input) {
      const begun = isOpenTo(scope.self) ? lane.begin(scope, input) : undefined;
      return begun ?? machine.getInitialSnapshot(scope, input);
    },
    resolveState: (config) => beginning.resolve(config) ?? machine.resolveState(config),
  };
  return Object.create(machine, Object.getOwnPropertyDescriptors(laned)) as Machine & Laned;
}

function createFastLane(
  machine: AnyStateMachine,
  tables: Tables,
  beginning: Beginning,
  isOpenTo: FastLane['isOpenTo'],
): FastLane {
  /**
   * What follows an event at once, `there`, where it has led. Its actions have run: it cannot be left to the
   * interpreter as a whole any more.
   */
  function goOn(
    table: Table,
    there: AnyMachineSnapshot,
    args: GuardArgs,
    self: AnyActorRef,
    before: readonly AnyStateNode[],
  ): AnyMachineSnapshot {
    let outcome: Outcome | undefined;
    try {
      outcome = selectEventless(table, args);
    } catch {
      // The interpreter asks the same guard, and meets the same error.
    }
    if (outcome === undefined || (outcome.to !== undefined && endsChildren(outcome.to, there))) {
      // Nothing in these states takes the event: what the interpreter does about it is what is left to be done.
      return machine.transition(there, args.event, (self as unknown as Scoped)._actorScope);
    }
    const { steps, to } = outcome;
    runSteps(steps, { ...args, self, system: self.system });
    return to === undefined ? there : moveTo(tables.of(to.nodes), to.isEnd, there, before);
  }

  return {
    isOpenTo,
    choose(at, event) {
      if (at.status !== 'active') return undefined;
      const table = tables.of(at._nodes);
      const choice = lookUp(table, event.type);
      if (choice === undefined) return isIgnored(table, event) ? NOTHING : undefined;
      try {
        // One object for all guards that are asked, and one for all actions that are run: this is done for every message.
        const outcome = choice.certain ?? select(choice, { context: at.context, event });
        return outcome?.to !== undefined && endsChildren(outcome.to, at) ? undefined : outcome;
      } catch {
        // The interpreter asks the same guard, meets the same error and tells it in its own words.
        return undefined;
      }
    },
    run({ steps, to }, at, event, self) {
      const { context } = at;
      runSteps(steps, { context, event, self, system: self.system });
      if (to === undefined) return at;
      const table = tables.of(to.nodes);
      const before: readonly AnyStateNode[] = at._nodes;
      const there = moveTo(table, to.isEnd, at, before);
      return to.isRestless ? goOn(table, there, { context, event }, self, before) : there;
    },
    begin: (scope, input) => beginning.begin(scope, input),
  };
}

/** An event that has no choice in these states. */
function isIgnored({ isComplete }: Table, { type }: EventObject): boolean {
  return isComplete && !type.startsWith(INTERNAL_EVENT);
}

/** Counted (docs/decisions/0013-written-for-every-message.md). */
function runSteps(steps: readonly Step[], args: object): void {
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index]!;
    step.implementation(args, paramsOf(step, args));
  }
}

/** Whether actors would have to be stopped with their machine, which the interpreter does. */
function endsChildren({ isEnd }: Destination, { children }: AnyMachineSnapshot): boolean {
  return isEnd && Object.keys(children).length > 0;
}
