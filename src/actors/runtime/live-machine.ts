/**
 * A machine as the server runs it: the chart as it stands, watched from one place. It changes nothing of what
 * the machine does, and knows neither who watches nor why.
 */

import type { AnyActorRef, AnyActorScope, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import type { Outcome } from './fast-lane/table.ts';
import {
  FastLane,
  LANE,
  withFastLane,
  type GuardCount,
  type Laned,
  type Watched,
} from './fast-lane/fast-lane.ts';
import { actorOf, type Sender } from './sender.ts';
import { runActionsUnnoted } from './system-actor.ts';
import { raiseCount } from '../../system/raise-count.ts';

/** Which machine an actor runs: the machine's `id`. */
export type MachineKind =
  | 'server'
  | 'connection'
  | 'membership'
  | 'moderation'
  | 'room'
  | 'question'
  | 'backend'
  | 'tarsProxy'
  | 'delivery'
  | 'redisLink';

/** Told of all that machines do, in the middle of it: it must be quick, and it must not throw. */
export interface MachineObserver {
  /** The actors that are inspected. Their fast lane is closed: only XState's interpreter tells of each step. */
  readonly watched: Watched;
  /** An event is about to be sent, to an actor that is watched or by one. It is heard right after, in the same turn. */
  sent(to: AnyActorRef, event: EventObject, from: Sender | undefined): void;
  /** An actor was made, and starts in this turn. A membership that wakes is made again, with the same id. */
  made(kind: MachineKind, actor: AnyActorRef): void;
  /** An event brought an actor to other states; entering the same ones again counts too. */
  moved(
    kind: MachineKind,
    actor: AnyActorRef,
    event: EventObject,
    from: AnyMachineSnapshot,
    to: AnyMachineSnapshot,
  ): void;
  /** An event left an actor in its states, whatever was done about it. Called for every message. */
  stayed(kind: MachineKind, actor: AnyActorRef, event: EventObject, at: AnyMachineSnapshot): void;
  /** An event was too much for an actor; nothing follows. */
  threw(
    kind: MachineKind,
    actor: AnyActorRef,
    event: EventObject,
    at: AnyMachineSnapshot,
    error: unknown,
  ): void;
}

/** Tells nobody. */
export const NO_OBSERVER: MachineObserver = {
  watched: new Set(),
  sent() {},
  made() {},
  moved() {},
  stayed() {},
  threw() {},
};

/** When an actor entered its states, kept on the snapshot: it lives and dies with them. */
const SINCE = Symbol('since');

/** When an actor entered each of its states, kept beside {@link SINCE} where somebody notes it. */
const ENTERED = Symbol('entered');

interface Dated {
  [SINCE]?: number | undefined;
  [ENTERED]?: readonly number[] | undefined;
}

/** When a snapshot's states were entered, by the monotonic clock; undefined for a machine that is not live. */
export function sinceOf(snapshot: AnyMachineSnapshot): number | undefined {
  return (snapshot as Dated)[SINCE];
}

/**
 * When each of a snapshot's states was entered, by the monotonic clock, in the order of its `_nodes`. Undefined: all of
 * them at {@link sinceOf}. In a parallel state one region may move on while another stays.
 */
export function enteredOf(snapshot: AnyMachineSnapshot): readonly number[] | undefined {
  return (snapshot as Dated)[ENTERED];
}

/** For an observer, when an actor has moved. It holds for as long as the actor stays in these states. */
export function noteEntered(snapshot: AnyMachineSnapshot, entered: readonly number[]): void {
  (snapshot as Dated)[ENTERED] = entered;
}

/**
 * The snapshot of an actor; undefined while the actor is being made, when `getSnapshot` of XState's development build
 * throws.
 */
export function snapshotOf(actor: AnyActorRef): AnyMachineSnapshot | undefined {
  return (actor as AnyActorRef & { readonly _snapshot?: AnyMachineSnapshot })._snapshot;
}

/** The same machine, for `createActor`: whatever its actors do is told to the observer. */
export function goLive<Machine extends AnyStateMachine>(
  machine: Machine,
  observer: MachineObserver,
  monotonic: () => number,
): Machine {
  const kind = machine.id as MachineKind;
  const laned = withFastLane(machine, new LiveLane(machine, observer, monotonic));
  const live: Pick<AnyStateMachine, 'getInitialSnapshot' | 'restoreSnapshot'> = {
    getInitialSnapshot(scope, input) {
      runActionsUnnoted(scope);
      observer.made(kind, scope.self);
      return date(laned.getInitialSnapshot(scope, input), monotonic());
    },
    restoreSnapshot(snapshot, scope) {
      runActionsUnnoted(scope);
      observer.made(kind, scope.self);
      // It comes from `resolveState`, and not from a file: nothing in it has to be revived. XState would look for
      // references to actors in all that can be reached from the context, which is the whole server.
      return date(snapshot as AnyMachineSnapshot, monotonic());
    },
  };
  return Object.create(laned, Object.getOwnPropertyDescriptors(live)) as Machine;
}

/**
 * How many events of each type actors of a live machine have got; the lane does not count those that the chart does not
 * name.
 */
export function heardOf(machine: AnyStateMachine): ReadonlyMap<EventObject['type'], number> {
  return (machine as AnyStateMachine & Partial<Laned>)[LANE]?.heard() ?? new Map();
}

/**
 * How many events of a live machine were handled as a guard has allowed. The events of XState itself, such as those of timers,
 * are not among them.
 */
export function guardedOf(machine: AnyStateMachine): readonly GuardCount[] {
  return (machine as AnyStateMachine & Partial<Laned>)[LANE]?.guarded() ?? [];
}

/** A fast lane that tells what it does, and what it leaves to the interpreter. */
class LiveLane extends FastLane {
  readonly #kind: MachineKind;
  readonly #observer: MachineObserver;
  readonly #monotonic: () => number;
  /** Events that were left to the interpreter, by their types. */
  readonly #interpreted = new Map<EventObject['type'], number>();

  constructor(machine: AnyStateMachine, observer: MachineObserver, monotonic: () => number) {
    super(machine, observer.watched);
    this.#kind = machine.id as MachineKind;
    this.#observer = observer;
    this.#monotonic = monotonic;
  }

  override tellSent(to: AnyActorRef, event: EventObject, from: Sender | undefined): void {
    const { watched } = this.#observer;
    const sender = actorOf(from);
    if (watched.has(to) || (sender !== undefined && watched.has(sender)))
      this.#observer.sent(to, event, from);
  }

  override run(
    outcome: Outcome,
    at: AnyMachineSnapshot,
    event: EventObject,
    self: AnyActorRef,
  ): AnyMachineSnapshot {
    let to: AnyMachineSnapshot;
    try {
      to = super.run(outcome, at, event, self);
    } catch (error) {
      this.#observer.threw(this.#kind, self, event, at, error);
      throw error;
    }
    this.#tell(self, event, at, to);
    return to;
  }

  /** All events that actors of the machine have got, by their types. */
  override heard(): Map<EventObject['type'], number> {
    const counts = super.heard();
    for (const [type, count] of this.#interpreted) raiseCount(counts, type, count);
    return counts;
  }

  override interpret(at: AnyMachineSnapshot, event: EventObject, scope: AnyActorScope): AnyMachineSnapshot {
    raiseCount(this.#interpreted, event.type);
    this.noteInterpreted(at, event);
    let to: AnyMachineSnapshot;
    try {
      to = super.interpret(at, event, scope);
    } catch (error) {
      this.#observer.threw(this.#kind, scope.self, event, at, error);
      throw error;
    }
    this.#tell(scope.self, event, at, to);
    return to;
  }

  #tell(self: AnyActorRef, event: EventObject, from: AnyMachineSnapshot, to: AnyMachineSnapshot): void {
    // Most events: what is rare is kept out of what runs for every message.
    if (to === from) this.#observer.stayed(this.#kind, self, event, to);
    else this.#tellNews(self, event, from, to);
  }

  #tellNews(self: AnyActorRef, event: EventObject, from: AnyMachineSnapshot, to: AnyMachineSnapshot): void {
    if (to._nodes !== from._nodes || to.status !== from.status) {
      this.#observer.moved(this.#kind, self, event, from, date(to, this.#monotonic()));
      return;
    }
    (to as Dated)[SINCE] = (from as Dated)[SINCE];
    const entered = enteredOf(from);
    if (entered !== undefined) noteEntered(to, entered);
    this.#observer.stayed(this.#kind, self, event, to);
  }
}

function date<Snapshot extends AnyMachineSnapshot>(snapshot: Snapshot, since: number): Snapshot {
  (snapshot as Dated)[SINCE] = since;
  return snapshot;
}
