/** The event bus of the server, for logs, plug-ins and library users. It knows no actors. */

import { EventEmitter } from 'eventemitter3';
import type { EventSink, ServerEventName, ServerEvents } from './server-events.ts';

export type ServerEventListener<Name extends ServerEventName> = (event: ServerEvents[Name]) => void;

export interface EventBus extends EventSink {
  /** @throws {TypeError} for a listener that is no function. */
  on<Name extends ServerEventName>(name: Name, listener: ServerEventListener<Name>): void;
  once<Name extends ServerEventName>(name: Name, listener: ServerEventListener<Name>): void;
  /** Removes a listener, also if it was added with `once`. */
  off<Name extends ServerEventName>(name: Name, listener: ServerEventListener<Name>): void;
  /** Has `kept` wait for a listener, from now on. */
  addKeeper(keeper: () => Promise<void>): void;
}

/** A listener whose errors are caught. `this` is the name of the event. */
type Guard = (this: ServerEventName, event: unknown) => void;

/**
 * Makes a bus. If a listener throws or rejects, the error goes to `onListenerError`; the actor that emits and the other
 * listeners are not affected.
 */
export function createEventBus(onListenerError: (error: unknown, name: ServerEventName) => void): EventBus {
  const emitter = new EventEmitter();
  /** The guard of each listener. The emitter only knows the guard, and `off` must find it. */
  const guards = new WeakMap<object, Guard>();
  const keepers: (() => Promise<void>)[] = [];

  function report(error: unknown, name: ServerEventName): void {
    try {
      onListenerError(error, name);
    } catch {
      // The error handler is broken too: the error cannot be reported.
    }
  }

  function guard<Name extends ServerEventName>(listener: ServerEventListener<Name>): Guard {
    if (typeof listener !== 'function') throw new TypeError('a listener must be a function');
    let guarded = guards.get(listener);
    if (guarded === undefined) {
      guarded = function callListener(event) {
        try {
          const result: unknown = listener(event as ServerEvents[Name]);
          if (result instanceof Promise) result.catch((error: unknown) => report(error, this));
        } catch (error) {
          report(error, this);
        }
      };
      guards.set(listener, guarded);
    }
    return guarded;
  }

  return {
    emit: (name, event) => void emitter.emit(name, event),
    isHeard: (name) => emitter.listenerCount(name) > 0,
    kept: () => (keepers.length === 0 ? undefined : Promise.all(keepers.map((keeper) => keeper()))),
    addKeeper: (keeper) => void keepers.push(keeper),
    on: (name, listener) => void emitter.on(name, guard(listener), name),
    once: (name, listener) => void emitter.once(name, guard(listener), name),
    off: (name, listener) => void emitter.off(name, guard(listener)),
  };
}
