/**
 * A machine as the server runs it: the chart as it stands, watched from one place. It changes nothing of what
 * the machine does, and knows neither who watches nor why.
 */

import type { AnyActorRef, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { LANE, withFastLane, type Laned } from './fast-lane.ts';

/** Which machine an actor runs: the machine's `id`. */
export type MachineKind = 'server' | 'connection' | 'membership' | 'publication' | 'room' | 'tarsProxy';

/** Told of all that machines do, in the middle of it: it must be quick, and it must not throw. */
export interface MachineObserver {
  /** The actors that are inspected. Their fast lane is closed: only XState's interpreter tells of each step. */
  readonly watched: Pick<ReadonlySet<AnyActorRef>, 'has' | 'size'>;
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
  made() {},
  moved() {},
  stayed() {},
  threw() {},
};

/** When an actor entered its states, kept on the snapshot: it lives and dies with them. */
const SINCE = Symbol('since');

interface Dated {
  [SINCE]?: number | undefined;
}

/** When a snapshot's states were entered, in milliseconds since 1970; undefined for a machine that is not live. */
export function sinceOf(snapshot: AnyMachineSnapshot): number | undefined {
  return (snapshot as Dated)[SINCE];
}

/** The same machine, for `createActor`: whatever its actors do is told to the observer. */
export function goLive<Machine extends AnyStateMachine>(
  machine: Machine,
  observer: MachineObserver,
  now: () => number,
): Machine {
  const kind = machine.id as MachineKind;
  const laned = withFastLane(machine, isUnwatched);
  const lane = laned[LANE];

  function isUnwatched(actor: AnyActorRef): boolean {
    return observer.watched.size === 0 || !observer.watched.has(actor);
  }

  function date<Snapshot extends AnyMachineSnapshot>(snapshot: Snapshot): Snapshot {
    (snapshot as Dated)[SINCE] = now();
    return snapshot;
  }

  function tell(
    self: AnyActorRef,
    event: EventObject,
    from: AnyMachineSnapshot,
    to: AnyMachineSnapshot,
  ): void {
    // Most events: what is rare is kept out of what runs for every message.
    if (to === from) observer.stayed(kind, self, event, to);
    else tellNews(self, event, from, to);
  }

  function tellNews(
    self: AnyActorRef,
    event: EventObject,
    from: AnyMachineSnapshot,
    to: AnyMachineSnapshot,
  ): void {
    if (to._nodes !== from._nodes || to.status !== from.status) {
      observer.moved(kind, self, event, from, date(to));
      return;
    }
    (to as Dated)[SINCE] = (from as Dated)[SINCE];
    observer.stayed(kind, self, event, to);
  }

  const live: Laned & Pick<AnyStateMachine, 'transition' | 'getInitialSnapshot' | 'restoreSnapshot'> = {
    [LANE]: {
      ...lane,
      run(outcome, at, event, self) {
        let to: AnyMachineSnapshot;
        try {
          to = lane.run(outcome, at, event, self);
        } catch (error) {
          observer.threw(kind, self, event, at, error);
          throw error;
        }
        tell(self, event, at, to);
        return to;
      },
    },
    getInitialSnapshot(scope, input) {
      observer.made(kind, scope.self);
      return date(laned.getInitialSnapshot(scope, input));
    },
    restoreSnapshot(snapshot, scope) {
      observer.made(kind, scope.self);
      // It comes from `resolveState`, and not from a file: nothing in it has to be revived. XState would look for
      // references to actors in all that can be reached from the context, which is the whole server.
      return date(snapshot as AnyMachineSnapshot);
    },
    transition(from, event, scope) {
      let to: AnyMachineSnapshot;
      try {
        to = laned.transition(from, event, scope);
      } catch (error) {
        observer.threw(kind, scope.self, event, from, error);
        throw error;
      }
      tell(scope.self, event, from, to);
      return to;
    },
  };
  return Object.create(laned, Object.getOwnPropertyDescriptors(live)) as Machine;
}
