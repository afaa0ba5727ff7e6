/** For the tests of the XState internals that the fast lane relies on: a machine, and internal types of its actors. */

import { assign, createActor, setup, type EventObject } from 'xstate';

export interface Letter {
  readonly value: EventObject;
  readonly next: Letter | null;
}

/** The internal parts of an actor that the lane uses. */
export interface Inside {
  readonly mailbox: {
    _active: boolean;
    _current: Letter | null;
    _last: Letter | null;
    flush(): void;
  };
  readonly _processingStatus: number;
  readonly observers: Set<{ next?: unknown; error?: unknown }>;
  readonly logic: {
    transition: (snapshot: unknown, event: unknown, scope: { self: unknown }) => unknown;
  };
  update(snapshot: unknown, event: EventObject): void;
  _process(event: EventObject): void;
}

export const calls: { args: object; params: unknown }[] = [];

export const machine = setup({
  types: { events: {} as EventObject & { look?: () => void } },
  guards: {
    isHere: (args, params: unknown) => {
      calls.push({ args, params });
      return true;
    },
  },
  actions: {
    look: (args, params: unknown) => {
      calls.push({ args, params });
      (args.event as { look?: () => void }).look?.();
    },
    builtin: assign({}),
  },
}).createMachine({
  id: 'm',
  type: 'parallel',
  on: { around: { actions: 'look' } },
  states: {
    one: {
      initial: 'inner',
      states: {
        inner: {
          on: {
            plain: {
              guard: { type: 'isHere', params: { a: 1 } },
              actions: { type: 'look', params: ({ event }: { event: EventObject }) => event.type },
            },
            bare: { actions: 'look' },
            assigned: { actions: 'builtin' },
            elsewhere: [{ guard: 'isHere', target: 'other' }, { actions: 'look' }],
            again: { target: 'inner', reenter: true },
            onward: 'last',
          },
        },
        last: { tags: 'ending' },
        other: { always: { guard: 'isHere', target: 'inner' } },
      },
    },
    two: {},
  },
});

export function start() {
  const actor = createActor(machine).start();
  calls.length = 0;
  return { actor, inside: actor as unknown as Inside };
}

/** Calls `look` while an action runs. */
export function during(actor: ReturnType<typeof start>['actor'], look: () => void): void {
  actor.send({ type: 'bare', look });
}
