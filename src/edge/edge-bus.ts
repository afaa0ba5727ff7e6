/** The typed event bus at the edge: plug-ins, logs and library users listen here. */

import { EventEmitter } from 'eventemitter3';
import type { EdgeEmitter, EdgeEventName, EdgeEvents } from './edge-events.ts';

export type EdgeListener<Name extends EdgeEventName> = (event: EdgeEvents[Name]) => void;

export interface EdgeBus extends EdgeEmitter {
  on<Name extends EdgeEventName>(name: Name, listener: EdgeListener<Name>): void;
  once<Name extends EdgeEventName>(name: Name, listener: EdgeListener<Name>): void;
  off<Name extends EdgeEventName>(name: Name, listener: EdgeListener<Name>): void;
}

/**
 * Makes a bus. A listener that throws or rejects costs its own call only: the error goes to `onListenerError`,
 * and neither the emitting actor nor the other listeners see it.
 */
export function createEdgeBus(onListenerError: (error: unknown, name: EdgeEventName) => void): EdgeBus {
  const emitter = new EventEmitter();
  /** What was put on for each listener, by the name of the event, the latest last. */
  const guards = new Map<EdgeEventName, Map<unknown, ((event: unknown) => void)[]>>();
  /** An event without listeners that was emitted last: most often that is one of a message, as the next one is. */
  let unheard: EdgeEventName | undefined;

  function report(error: unknown, name: EdgeEventName): void {
    try {
      onListenerError(error, name);
    } catch {
      // Whoever is told of errors is broken too: there is nobody left to tell.
    }
  }

  function guard<Name extends EdgeEventName>(name: Name, listener: EdgeListener<Name>) {
    return (event: unknown): void => {
      try {
        const result: unknown = listener(event as EdgeEvents[Name]);
        if (result instanceof Promise) result.catch((error: unknown) => report(error, name));
      } catch (error) {
        report(error, name);
      }
    };
  }

  function remember(name: EdgeEventName, listener: unknown, call: (event: unknown) => void): void {
    const ofName = guards.get(name) ?? new Map<unknown, ((event: unknown) => void)[]>();
    guards.set(name, ofName.set(listener, [...(ofName.get(listener) ?? []), call]));
    unheard = undefined;
  }

  function forget(name: EdgeEventName, listener: unknown, call: (event: unknown) => void): void {
    const ofName = guards.get(name);
    const left = (ofName?.get(listener) ?? []).filter((other) => other !== call);
    if (left.length > 0) ofName?.set(listener, left);
    else ofName?.delete(listener);
    if (ofName?.size === 0) guards.delete(name);
  }

  return {
    emit(name, event) {
      if (name === unheard) return;
      if (guards.has(name)) emitter.emit(name, event);
      else unheard = name;
    },
    on(name, listener) {
      const call = guard(name, listener);
      remember(name, listener, call);
      emitter.on(name, call);
    },
    once(name, listener) {
      const guarded = guard(name, listener);
      const call = (event: unknown): void => {
        forget(name, listener, call);
        guarded(event);
      };
      remember(name, listener, call);
      emitter.once(name, call);
    },
    off(name, listener) {
      const call = guards.get(name)?.get(listener)?.at(-1);
      // Without a function eventemitter3 would remove every listener of this name.
      if (call === undefined) return;
      forget(name, listener, call);
      emitter.off(name, call);
    },
  };
}
