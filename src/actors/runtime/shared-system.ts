/**
 * One XState system for thousands of actors. XState makes a new system for each root actor, which takes 1.8 KB and 5 µs.
 * The actors here have a common parent instead, which ignores their results and errors. It knows no machine.
 *
 * Only for actors without timers, and whose invoked actors have no timers: a system walks through all its timers when one
 * of its actors ends.
 *
 * It relies on this internal of XState 5.33; test/actor-leaks.test.ts checks it: a system keeps only the actors that are
 * given to `_register`, and XState does not read them.
 */

import { createActor, fromTransition, type Actor, type AnyActorRef, type AnyStateMachine } from 'xstate';
import { makeSystemActor, type SystemActorOptions } from './system-actor.ts';

export interface SharedSystem {
  readonly parent: AnyActorRef;
  /**
   * The same as `createActor(machine, { ...options, parent })`, but faster. The caller must subscribe to the actor's
   * errors, because the parent ignores them.
   */
  create<Machine extends AnyStateMachine>(
    machine: Machine,
    options: SystemActorOptions<Machine>,
  ): Actor<Machine>;
  /** The same as `actor.stop()`, also for an actor of this system, which XState lets only the parent stop. */
  stop(actor: AnyActorRef): void;
}

interface StopEvent {
  readonly type: 'child.stop';
  readonly child: AnyActorRef;
}

const parentLogic = fromTransition((_, event: StopEvent, { stopChild }) => {
  if (event.type === 'child.stop') stopChild(event.child);
  return undefined;
}, undefined);

/** The clock of a system without timers. */
const NO_CLOCK = {
  setTimeout(): never {
    throw new Error('an actor with timers needs its own system');
  },
  clearTimeout() {},
};

export function createSharedSystem(): SharedSystem {
  const parent = createActor(parentLogic, { clock: NO_CLOCK });
  forgetActors(parent.system);
  parent.start();
  return {
    parent,
    create: (machine, options) => makeSystemActor(parent, machine, options),
    stop(actor) {
      if (actor.system === parent.system) parent.send({ type: 'child.stop', child: actor });
      else actor.stop();
    },
  };
}

/** An actor that rests is dropped without being stopped, so a system that registers actors would keep it in memory. */
function forgetActors(system: AnyActorRef['system']): void {
  Object.assign(system, { _register: (sessionId: string) => sessionId });
}
