/**
 * The inspection of single actors. XState inspects systems, of which actors may share one: here a system is listened
 * to while somebody in it is watched, and what is about its other actors ends at a look into a map. It knows neither
 * what is told nor who watches.
 *
 * `system.inspect` would do, but with somebody there XState makes a copy of all that happens to any actor of the
 * system: a microsecond each time, a quarter of what a join costs. So it is overheard before it is copied.
 *
 * What it takes for granted of XState 5.33, and inspections.test.ts holds it to: all that is to be inspected of a
 * system is handed to its `_sendInspectionEvent`, which is looked up each time.
 */

import type { AnyActorRef, InspectionEvent, Subscription } from 'xstate';

/** What XState tells those who inspect, before it adds the root of the system. */
export type Inspected = WithoutRoot<InspectionEvent>;

type WithoutRoot<Event> = Event extends unknown ? Omit<Event, 'rootId'> : never;

type ActorRef = InspectionEvent['actorRef'];
type ActorSystem = AnyActorRef['system'];

/** Is told in the midst of what happens: it must be quick, and it must not throw. */
export interface InspectionListener {
  /** Something happens to the actor itself. */
  inspect(inspected: Inspected): void;
  /** The actor has started one of its own, as one that it invokes. */
  invoked(child: ActorRef): void;
}

/** An XState system from the inside. */
interface SystemInside {
  _sendInspectionEvent: (inspected: Inspected) => void;
}

interface Inspection {
  readonly listeners: Map<ActorRef, InspectionListener>;
  readonly end: () => void;
}

export class Inspections {
  /** Of the systems in which somebody is watched. */
  readonly #inspections = new Map<ActorSystem, Inspection>();

  /** Has a listener told of an actor, in the place of the one before it. */
  inspect(actor: AnyActorRef, listener: InspectionListener): Subscription {
    const { system } = actor;
    const { listeners, end } = this.#inspections.get(system) ?? this.#begin(system);
    listeners.set(actor, listener);
    return {
      unsubscribe: () => {
        if (listeners.get(actor) !== listener) return;
        listeners.delete(actor);
        if (listeners.size > 0) return;
        this.#inspections.delete(system);
        end();
      },
    };
  }

  #begin(system: ActorSystem): Inspection {
    const inside = system as unknown as SystemInside;
    const listeners: Inspection['listeners'] = new Map();
    const passOn = inside._sendInspectionEvent;
    const overhear = (inspected: Inspected): void => {
      listeners.get(inspected.actorRef)?.inspect(inspected);
      const parent = startedBy(inspected);
      if (parent !== undefined) listeners.get(parent)?.invoked(inspected.actorRef);
      passOn(inspected);
    };
    inside._sendInspectionEvent = overhear;
    const end = (): void => {
      // Who overhears it since then passes on to this one, which has nobody left to tell.
      if (inside._sendInspectionEvent === overhear) inside._sendInspectionEvent = passOn;
    };
    const inspection: Inspection = { listeners, end };
    this.#inspections.set(system, inspection);
    return inspection;
  }
}

/** Who has started the actor, when that is what happens. */
function startedBy(inspected: Inspected): ActorRef | undefined {
  const isStart = inspected.type === '@xstate.event' && inspected.event.type === 'xstate.init';
  return isStart ? inspected.sourceRef : undefined;
}
