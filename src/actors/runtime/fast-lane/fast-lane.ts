/**
 * The fast lane: it handles events faster than XState's interpreter, if all guards and actions of the selected
 * transitions are plain functions. Such a transition may have no target, lead to other states, be followed by eventless
 * transitions of the same kind, or end the machine. The lane calls the same guards and actions as the interpreter, in the
 * same order and with the same arguments. All other events are left to the interpreter
 * (docs/decisions/0011-a-fast-lane.md).
 *
 * It relies on these internals of XState 5.33; reliance*.test.ts check them:
 * - the `_nodes` of a snapshot are its active states, and they determine its `value` and `tags`;
 * - the `transitions` of a state map the type of an event to its candidates, in order; `always` is checked after every
 *   event;
 * - after an event without a transition, or with plain actions only, the snapshot is the same object; after an event
 *   that leads to other states it is a new object with other `_nodes`, `value` and `tags`, and at the end of the machine
 *   another `status`;
 * - guards get `{ context, event }`, actions get `{ context, event, self, system }`, and both get their params;
 * - names are looked up in `machine.implementations`; builtin guards have a `check`, builtin actions a `resolve`;
 * - if no active state handles an event, eventless transitions are selected, and their guards get that event;
 * - `machine.transition` accepts the `_actorScope` of an actor.
 *
 * A guard may be called twice, here and by the interpreter, so guards must have no effects.
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
import { listTaken, NOTHING, select, selectEventless, type GuardArgs } from './select.ts';
import { moveTo } from './snapshot.ts';
import { paramsOf, type Step } from './steps.ts';
import { lookUp, type Choice, type Destination, type Outcome, type Table } from './table.ts';
import { Tables } from './tables.ts';
import { raiseCount } from '../../../system/raise-count.ts';

/** The actors whose events are all left to the interpreter. */
export type Watched = Pick<ReadonlySet<AnyActorRef>, 'has' | 'size'>;

/** How many events of one type were handled as a guard has allowed. */
export interface GuardCount {
  readonly event: EventObject['type'];
  readonly guard: string;
  readonly count: number;
}

/** The property of a machine that has the fast lane of its actors. */
export const LANE = Symbol('lane');

export interface Laned {
  readonly [LANE]: FastLane;
}

/** The internal part of an actor that the lane uses. */
interface Scoped {
  readonly _actorScope: AnyActorScope;
}

/** The fast lane of a machine's actors. It is a class without closures, so that all machines share the same functions. */
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

  /** Whether any actor is watched. */
  get isWatching(): boolean {
    return this.#watched.size > 0;
  }

  /** An event is about to be sent to an actor. It is called only while an actor is watched. */
  tellSent(_to: AnyActorRef, _event: EventObject, _from: unknown): void {}

  /** Whether this actor may use the lane now. */
  isOpenTo(self: AnyActorRef): boolean {
    return this.#watched.size === 0 || !this.#watched.has(self);
  }

  /**
   * The outcome of an event in these states, which is then run, or undefined if the interpreter must handle it. The event
   * is counted here, where its choice is found anyway.
   */
  choose(at: AnyMachineSnapshot, event: EventObject): Outcome | undefined {
    if (at.status !== 'active') return undefined;
    const table = this.#tables.of(at._nodes);
    const choice = lookUp(table, event.type);
    if (choice === undefined) return isIgnored(table, event) ? NOTHING : undefined;
    try {
      // All guards get the same object, and all actions another one, because this runs for every message.
      const outcome = choice.certain ?? select(choice, { context: at.context, event });
      if (outcome === undefined || (outcome.to !== undefined && endsChildren(outcome.to, at)))
        return undefined;
      choice.heard += 1;
      return outcome;
    } catch {
      // The interpreter calls the same guard, gets the same error and reports it.
      return undefined;
    }
  }

  /** Runs the actions of an outcome as `self` and returns the next snapshot. Throws what an action throws. */
  run(outcome: Outcome, at: AnyMachineSnapshot, event: EventObject, self: AnyActorRef): AnyMachineSnapshot {
    outcome.taken += 1;
    const { steps, to } = outcome;
    const { context } = at;
    runSteps(steps, { context, event, self, system: self.system });
    return to === undefined ? at : this.#move(to, at, event, self);
  }

  /** How many events of each type the lane has handled. Those that its chart does not name are not counted. */
  heard(): Map<EventObject['type'], number> {
    const counts = new Map<string, number>();
    for (const { choices } of this.#tables.all) {
      for (const [type, { heard }] of choices) raiseCount(counts, type, heard);
    }
    return counts;
  }

  /** How many events were handled as a guard has allowed, by the type of the event and the name of the guard. */
  guarded(): GuardCount[] {
    const counts = new Map<string, GuardCount>();
    const add = (event: string, { regions, candidates }: Choice): void => {
      for (const { guard, outcome, left } of candidates) {
        const count = left + (outcome?.taken ?? 0);
        if (guard === undefined || count === 0) continue;
        const key = `${event} ${guard.type}`;
        counts.set(key, { event, guard: guard.type, count: count + (counts.get(key)?.count ?? 0) });
      }
      for (const region of regions) add(event, region);
    };
    for (const { choices } of this.#tables.all) for (const [type, choice] of choices) add(type, choice);
    return [...counts.values()];
  }

  /** Counts what the interpreter is about to do. Guards have no effects, so they may be asked once more. */
  protected noteInterpreted(at: AnyMachineSnapshot, event: EventObject): void {
    const choice = lookUp(this.#tables.of(at._nodes), event.type);
    if (choice === undefined) return;
    try {
      for (const taken of listTaken(choice, { context: at.context, event })) taken.left += 1;
    } catch {
      // The interpreter gets the same error.
    }
  }

  /** Leaves an event to the interpreter. */
  interpret(at: AnyMachineSnapshot, event: EventObject, scope: AnyActorScope): AnyMachineSnapshot {
    return this.#machine.transition(at, event, scope);
  }

  /** The first snapshot of an actor, or undefined if the interpreter must make it. */
  begin(scope: AnyActorScope, input: unknown): AnyMachineSnapshot | undefined {
    return this.isOpenTo(scope.self) ? this.#beginning.begin(scope, input) : undefined;
  }

  /** A snapshot of an actor in a given state. Undefined if the value is more than the name of a state. */
  resolve(config: Restored): AnyMachineSnapshot | undefined {
    return this.#beginning.resolve(config);
  }

  #move(to: Destination, at: AnyMachineSnapshot, event: EventObject, self: AnyActorRef): AnyMachineSnapshot {
    const table = this.#tables.of(to.nodes);
    const before: readonly AnyStateNode[] = at._nodes;
    const there = moveTo(table, to.isEnd, at, before);
    return to.hasEventless ? this.#follow(table, there, { context: at.context, event }, self, before) : there;
  }

  /**
   * Takes the eventless transition that follows an event in its target states. The actions of the event have run, so only
   * the rest can be left to the interpreter now.
   */
  #follow(
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
      // The interpreter calls the same guard and gets the same error.
    }
    if (outcome === undefined || (outcome.to !== undefined && endsChildren(outcome.to, there))) {
      // No transition of these states handles the event, so the interpreter only selects eventless transitions.
      return this.#machine.transition(there, args.event, (self as unknown as Scoped)._actorScope);
    }
    const { steps, to } = outcome;
    const { context, event } = args;
    // No spread here: V8 would give each object its own hidden class.
    runSteps(steps, { context, event, self, system: self.system });
    return to === undefined ? there : moveTo(this.#tables.of(to.nodes), to.isEnd, there, before);
  }
}

/**
 * The same machine with a fast lane, for `createActor`. Its actors behave the same and are faster. If the lane is not open
 * to an actor, the interpreter handles all its events: an inspected actor needs this, because only the interpreter
 * reports each step.
 */
export function withFastLane<Machine extends AnyStateMachine>(
  machine: Machine,
  lane = new FastLane(machine),
): Machine & Laned {
  const laned: Laned & Pick<AnyStateMachine, 'transition' | 'getInitialSnapshot' | 'resolveState'> = {
    [LANE]: lane,
    transition(from, event, scope) {
      const self: AnyActorRef = scope.self;
      // XState's pure `transition()` calls this too. Then the actor does not run, and no action may run.
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

/** Whether no transition of these states handles the event. */
function isIgnored({ isComplete }: Table, { type }: EventObject): boolean {
  return isComplete && !type.startsWith(INTERNAL_EVENT);
}

/** A counted loop because this runs for every message (docs/decisions/0013-written-for-every-message.md). */
function runSteps(steps: readonly Step[], args: object): void {
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index]!;
    step.implementation(args, paramsOf(step, args));
  }
}

/** Whether child actors must be stopped with their machine. The interpreter does this. */
function endsChildren({ isEnd }: Destination, { children }: AnyMachineSnapshot): boolean {
  return isEnd && Object.keys(children).length > 0;
}
