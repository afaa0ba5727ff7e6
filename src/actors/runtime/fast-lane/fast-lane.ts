/**
 * The short-cut for what most events are: transitions whose guards and actions are plain functions, and which lead
 * nowhere, to other states, on from those by eventless transitions of the same kind, or to the end. It asks the guards
 * and runs the actions that XState's interpreter would, in its order and with its arguments; every other event is the
 * interpreter's. It knows neither who watches nor how events arrive.
 *
 * What it takes for granted of XState 5.33, and reliance*.test.ts hold XState to:
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
import { Beginning, type Restored } from './beginning.ts';
import { INTERNAL_EVENT } from './chart.ts';
import { NOTHING, select, selectEventless, type GuardArgs } from './select.ts';
import { moveTo } from './snapshot.ts';
import { paramsOf, type Step } from './steps.ts';
import { lookUp, type Destination, type Outcome, type Table } from './table.ts';
import { Tables } from './tables.ts';

/** The actors whose every event is to be interpreted. */
export type Watched = Pick<ReadonlySet<AnyActorRef>, 'has' | 'size'>;

/** Where a machine has the fast lane of its actors. */
export const LANE = Symbol('lane');

export interface Laned {
  readonly [LANE]: FastLane;
}

/** What XState calls an actor's own means. */
interface Scoped {
  readonly _actorScope: AnyActorScope;
}

/** The fast lane of a machine's actors. A class, and no closures: all machines then have the same functions. */
export class FastLane {
  readonly #machine: AnyStateMachine;
  readonly #tables: Tables;
  readonly #beginning: Beginning;
  readonly #watched: Watched;

  constructor(machine: AnyStateMachine, watched: Watched = new Set()) {
    this.#machine = machine;
    this.#tables = new Tables(machine);
    this.#beginning = new Beginning(machine, this.#tables);
    this.#watched = watched;
  }

  /** Whether this actor may take it now. */
  isOpenTo(self: AnyActorRef): boolean {
    return this.#watched.size === 0 || !this.#watched.has(self);
  }

  /** What an event comes to in these states; undefined when that is for the interpreter to say. */
  choose(at: AnyMachineSnapshot, event: EventObject): Outcome | undefined {
    if (at.status !== 'active') return undefined;
    const table = this.#tables.of(at._nodes);
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
  }

  /** Does it, as `self`, and returns the snapshot that it leads to. Throws what an action throws. */
  run(outcome: Outcome, at: AnyMachineSnapshot, event: EventObject, self: AnyActorRef): AnyMachineSnapshot {
    const { steps, to } = outcome;
    const { context } = at;
    runSteps(steps, { context, event, self, system: self.system });
    return to === undefined ? at : this.#move(to, at, event, self);
  }

  /** Has the interpreter do what it does about an event. */
  interpret(at: AnyMachineSnapshot, event: EventObject, scope: AnyActorScope): AnyMachineSnapshot {
    return this.#machine.transition(at, event, scope);
  }

  /** The first snapshot of an actor; undefined when that is for the interpreter to say. */
  begin(scope: AnyActorScope, input: unknown): AnyMachineSnapshot | undefined {
    return this.isOpenTo(scope.self) ? this.#beginning.begin(scope, input) : undefined;
  }

  /** A snapshot of an actor that rests in a state; undefined for what is more than a state's name. */
  resolve(config: Restored): AnyMachineSnapshot | undefined {
    return this.#beginning.resolve(config);
  }

  #move(to: Destination, at: AnyMachineSnapshot, event: EventObject, self: AnyActorRef): AnyMachineSnapshot {
    const table = this.#tables.of(to.nodes);
    const before: readonly AnyStateNode[] = at._nodes;
    const there = moveTo(table, to.isEnd, at, before);
    return to.isRestless ? this.#goOn(table, there, { context: at.context, event }, self, before) : there;
  }

  /**
   * What follows an event at once, `there`, where it has led. Its actions have run: it cannot be left to the
   * interpreter as a whole any more.
   */
  #goOn(
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
      return this.#machine.transition(there, args.event, (self as unknown as Scoped)._actorScope);
    }
    const { steps, to } = outcome;
    const { context, event } = args;
    // Written out: behind a spread, more properties would give each object a hidden class of its own.
    runSteps(steps, { context, event, self, system: self.system });
    return to === undefined ? there : moveTo(this.#tables.of(to.nodes), to.isEnd, there, before);
  }
}

/**
 * The same machine, for `createActor`: its actors do what they would do anyway, most of it quicker. An actor to
 * which the lane is not open has every event interpreted; an inspected one has to, for its steps to be seen.
 */
export function withFastLane<Machine extends AnyStateMachine>(
  machine: Machine,
  lane = new FastLane(machine),
): Machine & Laned {
  const laned: Laned & Pick<AnyStateMachine, 'transition' | 'getInitialSnapshot' | 'resolveState'> = {
    [LANE]: lane,
    transition(from, event, scope) {
      const self: AnyActorRef = scope.self;
      // XState's pure `transition()` asks too, in the name of an actor that does not run, and wants nothing done.
      const isLive = self.getSnapshot() === from;
      const outcome = isLive && lane.isOpenTo(self) ? lane.choose(from, event) : undefined;
      return outcome === undefined
        ? lane.interpret(from, event, scope)
        : lane.run(outcome, from, event, self);
    },
    getInitialSnapshot: (scope, input) =>
      lane.begin(scope, input) ?? machine.getInitialSnapshot(scope, input),
    resolveState: (config) => lane.resolve(config) ?? machine.resolveState(config),
  };
  return Object.create(machine, Object.getOwnPropertyDescriptors(laned)) as Machine & Laned;
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
