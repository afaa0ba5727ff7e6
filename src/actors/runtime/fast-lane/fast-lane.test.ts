import { describe, expect, test } from 'vitest';
import { assign, createActor, setup, transition, type AnyStateMachine, type EventObject } from 'xstate';
import type { Outcome } from './table.ts';
import { LANE, withFastLane } from './fast-lane.ts';

const noted: string[] = [];

const chart = setup({
  guards: { isYes: ({ event }) => 'yes' in event },
  actions: { note: (_, params: string) => void noted.push(params), change: assign({}) },
});

/** One machine for all tests; each test uses other events. */
const machine = chart.createMachine({
  id: 'm',
  type: 'parallel',
  on: {
    both: { actions: { type: 'note', params: 'root' } },
    either: { actions: { type: 'note', params: 'root' } },
    forbidden: { actions: { type: 'note', params: 'root' } },
  },
  states: {
    left: {
      initial: 'inner',
      on: { outer: { actions: { type: 'note', params: 'outer' } } },
      states: {
        inner: {
          on: {
            both: { actions: { type: 'note', params: 'left' } },
            either: { guard: 'isYes', actions: { type: 'note', params: 'left' } },
            outer: { guard: 'isYes', actions: { type: 'note', params: 'inner' } },
            forbidden: {},
          },
        },
      },
    },
    right: {
      initial: 'inner',
      states: {
        inner: {
          on: {
            both: { actions: { type: 'note', params: 'right' } },
            either: { guard: 'isYes', actions: { type: 'note', params: 'right' } },
            move: { target: 'other', actions: { type: 'note', params: 'going' } },
            wait: { target: 'eager', actions: { type: 'note', params: 'waiting' } },
            'wait for more': 'thorough',
            change: { actions: 'change' },
            hurry: [{ guard: 'isYes', actions: 'change' }, { actions: { type: 'note', params: 'stayed' } }],
          },
        },
        other: {
          entry: { type: 'note', params: 'entered' },
          exit: { type: 'note', params: 'left' },
          on: { back: 'inner' },
        },
        eager: {
          always: { guard: 'isYes', target: 'inner', actions: { type: 'note', params: 'enough' } },
        },
        thorough: {
          entry: { type: 'note', params: 'entered' },
          always: [
            { guard: 'isYes', target: 'inner', actions: ['change', { type: 'note', params: 'changed' }] },
            { target: 'other' },
          ],
        },
      },
    },
  },
});

function start(of: AnyStateMachine = machine) {
  const laned = withFastLane(of);
  const actor = createActor(laned).start();
  noted.length = 0;
  const decide = (event: EventObject): Outcome | undefined => laned[LANE].choose(actor.getSnapshot(), event);
  return {
    actor,
    decide,
    /** Sends an event and returns the notes of its actions. Undefined if the lane does not handle it. */
    send(type: string, extra: object = {}): string[] | undefined {
      const event = { type, ...extra };
      const isTaken = decide(event) !== undefined;
      actor.send(event);
      const notes = noted.splice(0);
      return isTaken ? notes : undefined;
    },
  };
}

describe('a fast lane', () => {
  test('takes a transition in each region', () => {
    expect(start().send('both')).toEqual(['left', 'right']);
  });

  test('uses the order of the regions in the value, which may be different in a restored actor', () => {
    const snapshot = machine.resolveState({ value: { right: 'inner', left: 'inner' } });
    const laned = withFastLane(machine);
    const notesOf = (of: typeof machine, options: object): string[] => {
      const actor = createActor(of, options).start();
      noted.length = 0;
      actor.send({ type: 'both' });
      return noted.splice(0);
    };
    expect(notesOf(laned, {})).toEqual(['left', 'right']);
    expect(notesOf(laned, { snapshot })).toEqual(['right', 'left']);
    expect(notesOf(machine, { snapshot })).toEqual(['right', 'left']);
  });

  test('tries the outer states when no guard of the inner states passes', () => {
    const { send } = start();
    expect(send('either')).toEqual(['root']);
    expect(send('either', { yes: true })).toEqual(['left', 'right']);
    expect(send('outer')).toEqual(['outer']);
    expect(send('outer', { yes: true })).toEqual(['inner']);
  });

  test('ignores an event for which an inner state has an empty transition', () => {
    expect(start().send('forbidden')).toEqual([]);
  });

  test('ignores an unknown event', () => {
    expect(start().send('unheard')).toEqual([]);
  });

  test("leaves XState's own events to the interpreter", () => {
    expect(start().decide({ type: 'xstate.error.actor.child' })).toBeUndefined();
  });

  test('moves to other states, and runs exit and entry actions', () => {
    const { send, actor } = start();
    expect(send('move')).toEqual(['going', 'entered']);
    expect(actor.getSnapshot().value).toEqual({ left: 'inner', right: 'other' });
    expect(actor.getSnapshot().matches({ right: 'other' })).toBe(true);
    expect(send('both')).toEqual(['left']);
    expect(send('back')).toEqual(['left']);
    expect(send('both')).toEqual(['left', 'right']);
  });

  test('leaves a change of the context to the interpreter', () => {
    const { send } = start();
    expect(send('change')).toBeUndefined();
  });

  test('handles an event if the guard of the transition that it cannot handle fails', () => {
    const { send } = start();
    expect(send('hurry')).toEqual(['stayed']);
    expect(send('hurry', { yes: true })).toBeUndefined();
  });

  test('handles no event while an eventless transition waits for its guard', () => {
    const { send, actor } = start();
    expect(send('wait')).toEqual(['waiting']);
    expect(send('unheard')).toBeUndefined();
    expect(send('unheard', { yes: true })).toBeUndefined();
    expect(actor.getSnapshot().value).toEqual({ left: 'inner', right: 'inner' });
    expect(send('unheard')).toEqual([]);
  });

  test('takes an eventless transition of the target states', () => {
    const { send, actor } = start();
    expect(send('wait', { yes: true })).toEqual(['waiting', 'enough']);
    expect(actor.getSnapshot().value).toEqual({ left: 'inner', right: 'inner' });
  });

  test('makes a new snapshot when it comes back to the same states', () => {
    const { send, actor } = start();
    send('wait', { yes: true });
    const before = actor.getSnapshot();
    expect(send('wait', { yes: true })).toEqual(['waiting', 'enough']);
    expect(actor.getSnapshot()).not.toBe(before);
    expect(actor.getSnapshot()._nodes).not.toBe(before._nodes);
  });

  test('lets the interpreter continue from the target states, with the same event', () => {
    const { send, actor } = start();
    expect(send('wait for more')).toEqual(['entered', 'entered']);
    expect(actor.getSnapshot().value).toEqual({ left: 'inner', right: 'other' });
    send('back');
    const { context } = actor.getSnapshot();
    expect(send('wait for more', { yes: true })).toEqual(['entered', 'changed']);
    expect(actor.getSnapshot().context).not.toBe(context);
  });

  test('keeps the snapshot if no state changes', () => {
    const { actor, send } = start();
    const before = actor.getSnapshot();
    send('both');
    expect(actor.getSnapshot()).toBe(before);
  });

  test("runs no action for XState's pure transition function", () => {
    const laned = withFastLane(machine);
    const actor = createActor(laned).start();
    const [, actions] = transition(laned, actor.getSnapshot(), { type: 'both' });
    expect(noted).toEqual([]);
    expect(actions.map(({ params }) => params)).toEqual(['left', 'right']);
  });

  test('lets the interpreter report a guard that throws', () => {
    const failing = chart.createMachine({ id: 'm', on: { go: { guard: 'isYes', actions: [] } } }).provide({
      guards: {
        isYes() {
          throw new Error('what is yes?');
        },
      },
    });
    const { actor, decide } = start(failing);
    const errors: string[] = [];
    actor.subscribe({ error: (error) => void errors.push((error as Error).message) });
    expect(decide({ type: 'go' })).toBeUndefined();
    actor.send({ type: 'go' });
    expect(errors).toEqual([
      "Unable to evaluate guard 'isYes' in transition for event 'go' in state node 'm':\nwhat is yes?",
    ]);
  });

  test('ends an actor whose action throws, as the interpreter does', () => {
    const failing = chart.createMachine({ on: { go: { actions: { type: 'note', params: '' } } } }).provide({
      actions: {
        note() {
          throw new Error('no');
        },
      },
    });
    const { actor, decide } = start(failing);
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => void errors.push(error) });
    expect(decide({ type: 'go' })?.steps).toHaveLength(1);
    actor.send({ type: 'go' });
    expect(errors).toEqual([new Error('no')]);
    expect(actor.getSnapshot().status).toBe('error');
  });
});
