import { describe, expect, test } from 'vitest';
import { createActor, createMachine, fromPromise, setup, type AnyStateMachine } from 'xstate';
import { withFastLane } from './fast-lane.ts';

const noted: unknown[] = [];

const machine = createMachine({
  id: 'm',
  context: ({ input }) => ({ input: input as { isReady: boolean } }),
  initial: 'choosing',
  states: {
    choosing: { always: [{ guard: 'isReady', target: 'ready' }, { target: 'waiting' }] },
    ready: { tags: 'calm', entry: 'note' },
    waiting: { invoke: { src: fromPromise(() => new Promise<never>(() => {})) } },
    over: { type: 'final' },
  },
}).provide({
  guards: { isReady: ({ context }) => context.input.isReady },
  actions: { note: ({ event }) => void noted.push(event) },
});

const spawning = setup({ actors: { answer: fromPromise(async () => 1) } });

/** Makes an actor, and says whether the interpreter made its first snapshot. */
function begin(of: AnyStateMachine, input?: unknown) {
  let interpreted = false;
  const watched = Object.create(of, {
    getInitialSnapshot: {
      value: (...args: Parameters<AnyStateMachine['getInitialSnapshot']>) => {
        interpreted = true;
        return of.getInitialSnapshot(...args);
      },
    },
  }) as AnyStateMachine;
  const actor = createActor(withFastLane(watched), { input });
  return { actor, interpreted };
}

describe('an actor with a fast lane', () => {
  test('begins where an eventless transition leads, and runs no action before it starts', () => {
    noted.length = 0;
    const input = { isReady: true };
    const { actor, interpreted } = begin(machine, input);
    expect(interpreted).toBe(false);
    expect(actor.getSnapshot()).toMatchObject({ status: 'active', value: 'ready', context: { input } });
    expect(noted).toEqual([]);
    actor.start();
    expect(noted).toEqual([{ type: 'xstate.init', input }]);
  });

  test('is begun by the interpreter if its first state invokes an actor', () => {
    const { actor, interpreted } = begin(machine, { isReady: false });
    expect(interpreted).toBe(true);
    expect(actor.getSnapshot().value).toBe('waiting');
    expect(Object.keys(actor.getSnapshot().children)).toHaveLength(1);
  });

  test('is begun by the interpreter if making the context throws', () => {
    const { actor, interpreted } = begin(
      createMachine({
        context: () => {
          throw new Error('no');
        },
      }),
    );
    expect(interpreted).toBe(true);
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error: new Error('no') });
  });

  test('is begun by the interpreter if making the context spawns an actor', () => {
    const { actor, interpreted } = begin(
      spawning.createMachine({ context: ({ spawn }) => ({ child: spawn('answer', { id: 'child' }) }) }),
    );
    expect(interpreted).toBe(true);
    expect(Object.keys(actor.getSnapshot().children)).toEqual(['child']);
  });

  test.each(['ready', 'waiting', 'over'])('resolves the state %s as XState does', (value) => {
    const context = { input: { isReady: true } };
    const laned = withFastLane(machine);
    const { _nodes: nodes, ...expected } = machine.resolveState({ value, context });
    for (const _time of ['first', 'second']) {
      const { _nodes: resolvedNodes, ...resolved } = laned.resolveState({ value, context });
      expect(resolved).toEqual(expected);
      expect([...resolvedNodes]).toEqual(nodes);
    }
    expect(laned.resolveState({ value, context }).context).toBe(context);
  });
});
