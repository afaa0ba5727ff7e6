/** Checks XState's snapshots, guards and actions. If an upgrade of XState breaks a test, the fast lane must be adapted. */

import { describe, expect, test } from 'vitest';
import {
  and,
  assign,
  cancel,
  emit,
  enqueueActions,
  forwardTo,
  log,
  not,
  or,
  raise,
  sendTo,
  spawnChild,
  stateIn,
  stopChild,
  type AnyStateNode,
} from 'xstate';
import { calls, machine, start } from './reliance-harness.ts';

describe('XState', () => {
  test('returns the same snapshot when no state and no context has changed', () => {
    const { actor } = start();
    const before = actor.getSnapshot();
    for (const type of ['plain', 'bare', 'around', 'unheard']) actor.send({ type });
    expect(actor.getSnapshot()).toBe(before);
  });

  test('makes a new snapshot for other states, which differs only in `_nodes`, `value` and `tags`', () => {
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

  test('lists the transitions of a state by the type of the event, in the order of the chart', () => {
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

  test('checks eventless transitions after every event', () => {
    const { actor } = start();
    actor.send({ type: 'elsewhere' });
    // Once for the event, once for the eventless transition of the state that it led to.
    expect(calls).toHaveLength(2);
    expect(actor.getSnapshot().value).toEqual({ one: 'inner', two: {} });
  });

  test('takes eventless transitions of a snapshot when no active state handles the event', () => {
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
