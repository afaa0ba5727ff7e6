/** Makes one observer of all machines out of several. What only one of them listens to costs one call. */

import { NO_OBSERVER, type MachineObserver } from './live-machine.ts';

type Moved = MachineObserver['moved'];

/** Written out, because it runs for every join and leave: rest parameters would make a list each time. */
function moveBoth(first: Moved, second: Moved): Moved {
  return (kind, actor, event, from, to) => {
    first(kind, actor, event, from, to);
    second(kind, actor, event, from, to);
  };
}

/** Calls each in turn. A method that none of them has costs nothing. */
export function combineObservers(...observers: readonly Partial<MachineObserver>[]): MachineObserver {
  return {
    watched: observers.find(({ watched }) => watched !== undefined)?.watched ?? NO_OBSERVER.watched,
    sent: combine('sent'),
    made: combine('made'),
    moved: combine('moved'),
    stayed: combine('stayed'),
    threw: combine('threw'),
  };

  function combine<Name extends Exclude<keyof MachineObserver, 'watched'>>(
    name: Name,
  ): MachineObserver[Name] {
    const listeners = observers
      .map((observer) => observer[name])
      .filter((listener) => listener !== undefined);
    const [first, ...others] = listeners;
    if (first === undefined) return NO_OBSERVER[name];
    if (others.length === 0) return first;
    if (name === 'moved') return (listeners as Moved[]).reduce(moveBoth) as MachineObserver[Name];
    const all = listeners as readonly ((...args: unknown[]) => void)[];
    return ((...args: unknown[]) => {
      for (const listener of all) listener(...args);
    }) as MachineObserver[Name];
  }
}
