/**
 * Inspects single actors. XState can only inspect a whole system, and many actors may share one. Here a system is
 * inspected while one of its actors is watched. For its other actors this costs one look-up in a map.
 *
 * It does not use `system.inspect`: with that, XState copies every inspection event of every actor in the system. That
 * takes about a microsecond each time, a quarter of what a join costs. So the events are taken before they are copied.
 *
 * It depends on this detail of XState 5.33, which inspections.test.ts checks: a system passes all its inspection events
 * to its `_sendInspectionEvent`, and reads that property each time.
 */

import type { AnyActorRef, InspectionEvent, Subscription } from 'xstate';

/** An inspection event of XState, before XState adds the root of the system. */
export type Inspected = WithoutRoot<InspectionEvent>;

type WithoutRoot<Event> = Event extends unknown ? Omit<Event, 'rootId'> : never;

type ActorRef = InspectionEvent['actorRef'];
type ActorSystem = AnyActorRef['system'];

/** It is called while the actor is working: it must be quick, and it must not throw. */
export interface InspectionListener {
  /** Something happens to the actor itself. */
  inspect(inspected: Inspected): void;
  /** The actor has started a child, such as an invoked actor. */
  invoked(child: ActorRef): void;
}

/** The internals of an XState system. */
interface SystemInside {
  _sendInspectionEvent: (inspected: Inspected) => void;
}

interface Inspection {
  readonly listeners: Map<ActorRef, InspectionListener>;
  readonly end: () => void;
}

export class Inspections {
  /** Of the systems with a watched actor. */
  readonly #inspections = new Map<ActorSystem, Inspection>();

  /** Sets the listener of an actor. It replaces the one before. */
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
    const listen = (inspected: Inspected): void => {
      listeners.get(inspected.actorRef)?.inspect(inspected);
      const parent = startedBy(inspected);
      if (parent !== undefined) listeners.get(parent)?.invoked(inspected.actorRef);
      passOn(inspected);
    };
    inside._sendInspectionEvent = listen;
    const end = (): void => {
      // If it was replaced since then, the new one still calls this one, which has no listeners any more.
      if (inside._sendInspectionEvent === listen) inside._sendInspectionEvent = passOn;
    };
    const inspection: Inspection = { listeners, end };
    this.#inspections.set(system, inspection);
    return inspection;
  }
}

/** The parent of the actor, if the event is the start of an actor. */
function startedBy(inspected: Inspected): ActorRef | undefined {
  const isStart = inspected.type === '@xstate.event' && inspected.event.type === 'xstate.init';
  return isStart ? inspected.sourceRef : undefined;
}
