/** Checks how XState begins and ends actors. If an upgrade of XState breaks a test, the fast lane must be adapted. */

import { describe, expect, test } from 'vitest';
import { createActor, createMachine, type EventObject } from 'xstate';
import { calls, machine } from './reliance-harness.ts';

describe('the end of a machine', () => {
  const done: string[] = [];
  const note = (name: string) => () => void done.push(name);
  const ending = createMachine({
    id: 'e',
    initial: 'first',
    exit: note('-e'),
    states: {
      first: { exit: note('-first'), on: { end: 'last', complete: 'around' } },
      around: {
        initial: 'inner',
        states: { inner: { type: 'final' } },
        on: {
          'xstate.done.state.e.around': { target: 'last', actions: ({ event }) => done.push(event.type) },
        },
      },
      last: { type: 'final', entry: note('+last'), exit: note('-last') },
    },
  });

  test('gives a new snapshot with its states in reversed order, and all states are exited', () => {
    const actor = createActor(ending).start();
    const before = actor.getSnapshot();
    done.length = 0;
    actor.send({ type: 'end' });
    const after = actor.getSnapshot();
    const names = Object.keys(before) as (keyof typeof before)[];
    expect(Object.keys(after)).toEqual(names);
    expect(names.filter((name) => after[name] !== before[name])).toEqual([
      'status',
      '_nodes',
      'value',
      'tags',
    ]);
    expect(after).toMatchObject({ status: 'done', value: 'last', output: undefined });
    expect(after._nodes.map(({ id }) => id)).toEqual(['e.last', 'e']);
    expect(done).toEqual(['-first', '+last', '-last', '-e']);
  });

  test('may follow the done event of an inner state', () => {
    const actor = createActor(ending).start();
    done.length = 0;
    actor.send({ type: 'complete' });
    expect(done).toEqual(['-first', 'xstate.done.state.e.around', '+last', '-last', '-e']);
  });
});

describe('the beginning of an actor', () => {
  const made: object[] = [];
  const shared = { some: 'thing' };
  const beginning = createMachine({
    id: 'b',
    context: (args) => {
      made.push(args);
      return shared;
    },
    initial: 'first',
    entry: { type: 'look', params: ({ event }: { event: EventObject }) => event },
    states: { first: { always: { guard: 'isHere', target: 'second' } }, second: { entry: 'look' } },
  }).provide({
    guards: { isHere: (args, params) => calls.push({ args, params }) > 0 },
    actions: { look: (args, params) => void calls.push({ args, params }) },
  });
  const init = { type: 'xstate.init', input: 1 };

  test('has a copy of the object that the context function returns', () => {
    made.length = 0;
    const actor = createActor(beginning, { input: 1 } as object);
    expect(made.map((args) => Object.keys(args).toSorted())).toEqual([['input', 'self', 'spawn']]);
    expect(made[0]).toMatchObject({ input: 1, self: actor });
    expect(actor.getSnapshot().context).toEqual(shared);
    expect(actor.getSnapshot().context).not.toBe(shared);
  });

  test('calls guards at once, and runs actions when the actor is started', () => {
    calls.length = 0;
    const actor = createActor(beginning, { input: 1 } as object);
    const { context, value } = actor.getSnapshot();
    expect(value).toBe('second');
    expect(calls).toEqual([{ args: { context, event: init }, params: undefined }]);
    actor.start();
    const args = { context, event: init, self: actor, system: actor.system };
    expect(calls.slice(1)).toEqual([
      { args, params: init },
      { args, params: undefined },
    ]);
  });

  test('keeps actions in the executor until the start, and reports them to an inspector', () => {
    const actor = createActor(machine);
    const told: unknown[] = [];
    actor.system.inspect((event) => {
      if (event.type === '@xstate.action') told.push(event.action);
    });
    const run: unknown[] = [];
    const { _actorScope: scope } = actor as unknown as {
      _actorScope: { actionExecutor(action: object): void };
    };
    scope.actionExecutor({
      type: 'look',
      info: 'args',
      params: 'params',
      exec: (...args: unknown[]) => void run.push(...args),
    });
    expect(run).toEqual([]);
    actor.start();
    expect(run).toEqual(['args', 'params']);
    expect(told).toEqual([{ type: 'look', params: 'params' }]);
  });

  test('is the same as a resolved snapshot, with its own children and history', () => {
    const one = createActor(beginning).getSnapshot();
    const other = createActor(beginning).getSnapshot();
    const resolved = beginning.resolveState({ value: 'second', context: shared });
    expect(one.children).not.toBe(other.children);
    expect(one.historyValue).not.toBe(other.historyValue);
    expect(Object.keys(resolved)).toEqual(Object.keys(one));
    expect(resolved).toEqual(one);
    expect(resolved.context).toBe(shared);
  });
});
