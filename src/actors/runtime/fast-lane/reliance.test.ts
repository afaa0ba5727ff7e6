/** What the fast lane takes for granted of XState: when an upgrade breaks it, the lane has to be looked at again. */

import { describe, expect, test } from 'vitest';
import {
  and,
  assign,
  cancel,
  createActor,
  createMachine,
  emit,
  enqueueActions,
  forwardTo,
  log,
  not,
  or,
  raise,
  sendTo,
  setup,
  spawnChild,
  stateIn,
  stopChild,
  type AnyStateNode,
  type EventObject,
} from 'xstate';

interface Letter {
  readonly value: EventObject;
  readonly next: Letter | null;
}

/** What the lane reads and does of an actor that XState does not show. */
interface Inside {
  readonly mailbox: {
    _active: boolean;
    _current: Letter | null;
    _last: Letter | null;
    flush(): void;
  };
  readonly observers: Set<{ next?: unknown; error?: unknown }>;
  readonly logic: {
    transition: (snapshot: unknown, event: unknown, scope: { self: unknown }) => unknown;
  };
  update(snapshot: unknown, event: EventObject): void;
  _process(event: EventObject): void;
}

const calls: { args: object; params: unknown }[] = [];

const machine = setup({
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

function start() {
  const actor = createActor(machine).start();
  calls.length = 0;
  return { actor, inside: actor as unknown as Inside };
}

/** What is true while an action runs. */
function during(actor: ReturnType<typeof start>['actor'], look: () => void): void {
  actor.send({ type: 'bare', look });
}

describe('XState', () => {
  test('has an idle mailbox active and without a current event while the actor runs', () => {
    const actor = createActor(machine);
    const inside = actor as unknown as Inside;
    expect(inside.mailbox._active).toBe(false);
    actor.start();
    expect(inside.mailbox).toMatchObject({ _active: true, _current: null, _last: null });
    actor.stop();
    expect(inside.mailbox).toMatchObject({ _active: false, _current: null });
  });

  test('has the event at work as the current one of the mailbox, and what came meanwhile behind it', () => {
    const { actor, inside } = start();
    const seen: unknown[] = [];
    const { mailbox } = inside;
    during(actor, () => {
      seen.push(mailbox._current?.value.type, mailbox._current === mailbox._last);
      actor.send({ type: 'first' });
      actor.send({ type: 'second' });
      const { _current: current, _last: last } = mailbox;
      seen.push(
        current?.next?.value.type,
        current?.next?.next?.value.type,
        current?.next?.next === last,
        last?.next,
      );
    });
    expect(seen).toEqual(['bare', true, 'first', 'second', true, null]);
    expect(Object.keys(mailbox._current ?? { value: 0, next: 0 })).toEqual(['value', 'next']);
    expect(mailbox).toMatchObject({ _current: null, _last: null });
  });

  test('works off, by flush, from the current event of the mailbox on', () => {
    const { actor, inside } = start();
    const letter = { value: { type: 'bare' }, next: { value: { type: 'around' }, next: null } };
    inside.mailbox._current = letter;
    inside.mailbox._last = letter.next;
    actor.send({ type: 'plain' });
    expect(calls).toEqual([]);
    inside.mailbox.flush();
    expect(calls.map(({ args }) => (args as { event: EventObject }).event.type)).toEqual([
      'bare',
      'around',
      'plain',
      'plain',
    ]);
    expect(inside.mailbox).toMatchObject({ _current: null, _last: null });
  });

  test('keeps the current event, and drops what is behind it, when an actor is stopped in the middle', () => {
    const { actor, inside } = start();
    let behind: unknown;
    during(actor, () => {
      actor.send({ type: 'dropped' });
      actor.stop();
      behind = inside.mailbox._current?.next?.value;
    });
    expect(behind).toEqual({ type: 'xstate.stop' });
  });

  test('processes an event by the transition of the logic, with its snapshot and a scope of its own', () => {
    const { actor, inside } = start();
    const before = actor.getSnapshot();
    const asked: unknown[] = [];
    const logic = Object.create(inside.logic, {
      transition: {
        value: (snapshot: unknown, event: unknown, scope: { self: unknown }) => {
          asked.push(snapshot, event, scope.self);
          return snapshot;
        },
      },
    }) as Inside['logic'];
    Object.assign(inside, { logic });
    const event = { type: 'bare' };
    inside._process(event);
    expect(asked).toEqual([before, event, actor]);
    expect(asked[0]).toBe(before);
  });

  test('ends an actor whose transition throws, whoever has it processed', () => {
    const { actor, inside } = start();
    const told: unknown[] = [];
    actor.subscribe({ error: (error) => void told.push(error) });
    const { mailbox } = inside;
    const error = new Error('no');
    inside._process({
      type: 'bare',
      look: () => {
        throw error;
      },
    } as EventObject);
    expect(told).toEqual([error]);
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error });
    expect(inside.observers.size).toBe(0);
    expect(inside.mailbox).not.toBe(mailbox);
  });

  test('tells, by update, the observers that have a next, and each of them of each event', () => {
    const { actor, inside } = start();
    actor.subscribe({ error() {} });
    expect([...inside.observers].map(({ next }) => next)).toEqual([undefined]);
    const told: unknown[] = [];
    actor.subscribe((snapshot) => void told.push(snapshot));
    actor.send({ type: 'bare' });
    actor.send({ type: 'unheard' });
    inside.update(actor.getSnapshot(), { type: 'bare' });
    expect(told).toEqual([actor.getSnapshot(), actor.getSnapshot(), actor.getSnapshot()]);
  });

  test('returns the very same snapshot when no state and no context has changed', () => {
    const { actor } = start();
    const before = actor.getSnapshot();
    for (const type of ['plain', 'bare', 'around', 'unheard']) actor.send({ type });
    expect(actor.getSnapshot()).toBe(before);
  });

  test('makes a snapshot of its own of other states, which differs in what belongs to them only', () => {
    const { actor } = start();
    const before = actor.getSnapshot();
    actor.send({ type: 'onward' });
    const after = actor.getSnapshot();
    const names = Object.keys(before) as (keyof typeof before)[];
    expect(Object.keys(after)).toEqual(names);
    expect(names.filter((name) => after[name] !== before[name])).toEqual(['_nodes', 'value', 'tags']);
    expect(after._nodes.map(({ id }) => id)).toEqual(['m', 'm.one', 'm.two', 'm.one.last']);
    expect(after.value).toEqual({ one: 'last', two: {} });
    expect(after.tags).toEqual(new Set(['ending']));
  });

  test('lists the active states of a snapshot as `_nodes`, the same list until they change', () => {
    const { actor } = start();
    const before = actor.getSnapshot();
    expect(before._nodes.map(({ id }) => id)).toEqual(['m', 'm.one', 'm.one.inner', 'm.two']);
    actor.send({ type: 'assigned' });
    expect(actor.getSnapshot()).not.toBe(before);
    expect(actor.getSnapshot()._nodes).toBe(before._nodes);
  });

  test('lists the transitions of a state by the type of the event, in order, as they were written', () => {
    const inner: AnyStateNode = machine.root.states['one']!.states['inner']!;
    expect([...inner.transitions.keys()]).toEqual([
      'plain',
      'bare',
      'assigned',
      'elsewhere',
      'again',
      'onward',
    ]);
    expect(inner.transitions.get('plain')).toMatchObject([
      {
        target: undefined,
        reenter: false,
        guard: { type: 'isHere', params: { a: 1 } },
        actions: [{ type: 'look' }],
      },
    ]);
    expect(inner.transitions.get('elsewhere')).toMatchObject([
      { target: [{ id: 'm.one.other' }], guard: 'isHere', actions: [] },
      { target: undefined, guard: undefined, actions: ['look'] },
    ]);
    expect(inner.transitions.get('again')).toMatchObject([{ reenter: true }]);
    expect(inner.always).toBeUndefined();
    expect(machine.root.states['one']!.states['other']!.always).toHaveLength(1);
  });

  test('gives guards context and event, actions the actor and its system too, and both their params', () => {
    const { actor } = start();
    const event = { type: 'plain' };
    actor.send(event);
    const { context } = actor.getSnapshot();
    expect(calls).toEqual([
      { args: { context, event }, params: { a: 1 } },
      { args: { context, event, self: actor, system: actor.system }, params: 'plain' },
    ]);
  });

  test('finds guards and actions by their names in the implementations of the machine', () => {
    const { guards, actions } = machine.implementations;
    expect(Object.keys(guards)).toEqual(['isHere']);
    expect(Object.keys(actions)).toEqual(['look', 'builtin']);
  });

  test('marks its own actions and guards', () => {
    const ownActions = [
      assign({}),
      cancel('id'),
      emit({ type: 'told' }),
      enqueueActions(() => {}),
      forwardTo('other'),
      log('line'),
      raise({ type: 'raised' }),
      sendTo('other', { type: 'sent' }),
      spawnChild('child'),
      stopChild('child'),
    ];
    for (const action of ownActions) expect(action).toHaveProperty('resolve');
    for (const guard of [and([]), or([]), not('isHere'), stateIn('one')])
      expect(guard).toHaveProperty('check');
  });

  test('asks eventless transitions after every event', () => {
    const { actor } = start();
    actor.send({ type: 'elsewhere' });
    // Once for the event, once for the eventless transition of the state that it led to.
    expect(calls).toHaveLength(2);
    expect(actor.getSnapshot().value).toEqual({ one: 'inner', two: {} });
  });

  test('goes on from a snapshot by eventless transitions when no active state takes the event', () => {
    const { actor } = start();
    actor.send({ type: 'elsewhere' });
    const from = machine.resolveState({ value: { one: 'other', two: {} } });
    calls.length = 0;
    const event = { type: 'plain' };
    const { _actorScope: scope } = actor as unknown as { _actorScope: never };
    const to = machine.transition(from, event, scope);
    expect(calls).toEqual([{ args: { context: from.context, event }, params: undefined }]);
    expect(calls[0]?.args).toHaveProperty('event', event);
    expect(to.value).toEqual({ one: 'inner', two: {} });
  });
});

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

  test('is a snapshot of its own, with its states the other way round, after all of them were left', () => {
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

  test('comes by an event of its own when a state within has come to its end', () => {
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

  test('has a copy of what the function of the context makes', () => {
    made.length = 0;
    const actor = createActor(beginning, { input: 1 } as object);
    expect(made.map((args) => Object.keys(args).toSorted())).toEqual([['input', 'self', 'spawn']]);
    expect(made[0]).toMatchObject({ input: 1, self: actor });
    expect(actor.getSnapshot().context).toEqual(shared);
    expect(actor.getSnapshot().context).not.toBe(shared);
  });

  test('asks the guards at once, and has the actions wait for the start', () => {
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

  test('has its executor keep actions until the start, and tell an inspector of them', () => {
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

  test('is a snapshot as one that is resolved is, with children and a history of its own', () => {
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
