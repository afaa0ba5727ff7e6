import { afterEach, describe, expect, test, vi } from 'vitest';
import { createActor, fromPromise, setup, type EventObject } from 'xstate';
import { createSharedSystem } from './shared-system.ts';

const machine = setup({
  types: { events: {} as EventObject & { meanwhile?: () => void } },
  actions: {
    fail: () => {
      throw new Error('out of order');
    },
    runCallback: ({ event }) => event.meanwhile?.(),
  },
  actors: { wait: fromPromise(() => new Promise<never>(() => {})) },
}).createMachine({
  initial: 'a',
  on: { end: '.over', fail: { actions: 'fail' }, look: { actions: 'runCallback' } },
  states: {
    a: { on: { wait: 'waiting', sleep: 'asleep' } },
    waiting: { invoke: { src: 'wait' } },
    asleep: { after: { 1_000: 'a' } },
    over: { type: 'final' },
  },
});

function createFamily() {
  const system = createSharedSystem();
  const { parent } = system;
  const create = (id: string) => system.create(machine, { id, input: undefined });
  const start = (id: string) => {
    const actor = create(id);
    actor.subscribe({ error() {} });
    return actor.start();
  };
  return { system, parent, create, start };
}

describe('an actor of a shared system', () => {
  test('has its own session id in the process, and shares the system with the others', () => {
    const [one, other] = [createFamily(), createFamily()];
    const actors = [one.start('x'), one.start('y'), other.start('x'), createActor(machine)];
    expect(new Set(actors.map(({ sessionId }) => sessionId)).size).toBe(4);
    expect(new Set(actors.map(({ system }) => system)).size).toBe(3);
  });

  test.each(['end', 'fail'])('does not change its parent and the other actors by %s', (type) => {
    const { parent, start } = createFamily();
    const [x, y] = [start('x'), start('y')];
    x.send({ type });
    expect(x.getSnapshot().status).toBe(type === 'end' ? 'done' : 'error');
    expect([parent, y].map((actor) => actor.getSnapshot().status)).toEqual(['active', 'active']);
    expect(parent.getSnapshot()).toEqual({ status: 'active' });
    y.send({ type: 'wait' });
    expect(y.getSnapshot().value).toBe('waiting');
  });

  test('that fails when it starts does not affect other actors', () => {
    const { system, parent, create, start } = createFamily();
    const other = start('other');
    const errors: unknown[] = [];
    const failing = system.create(
      setup({ actions: { fail: machine.implementations.actions.fail as () => void } }).createMachine({
        entry: 'fail',
      }),
      { id: 'x', input: undefined },
    );
    failing.subscribe({ error: (error) => void errors.push(error) });
    failing.start();
    expect(errors).toEqual([new Error('out of order')]);
    expect([parent, other].map((actor) => actor.getSnapshot().status)).toEqual(['active', 'active']);
    expect(create('x').start().getSnapshot().status).toBe('active');
  });

  test('with timers fails at once, and its error is reported', () => {
    const { parent, create } = createFamily();
    const sleeper = create('x');
    const errors: unknown[] = [];
    sleeper.subscribe({ error: (error) => void errors.push(error) });
    sleeper.start().send({ type: 'sleep' });
    expect(errors).toEqual([new Error('an actor with timers needs its own system')]);
    expect(parent.getSnapshot().status).toBe('active');
  });
});

describe('an error of an actor without an error listener', () => {
  afterEach(() => void vi.useRealTimers());

  test.each(['shared', 'own'])('is reported, if the system is %s', (kind) => {
    vi.useFakeTimers();
    const { create } = createFamily();
    const actor = kind === 'shared' ? create('x') : createActor(machine);
    actor.subscribe({ complete() {} });
    actor.start().send({ type: 'fail' });
    expect(() => vi.runAllTimers()).toThrow('out of order');
  });
});

describe.each(['shared', 'own'])('stopping an actor of a system that is %s', (kind) => {
  const { system, start } = createFamily();
  const make = () => (kind === 'shared' ? start('x') : createActor(machine).start());

  test('ends it and the actors that it has invoked', () => {
    const actor = make();
    actor.send({ type: 'wait' });
    const invoked = actor.getSnapshot().children['0.(machine).waiting'];
    system.stop(actor);
    expect([actor, invoked].map((one) => one?.getSnapshot().status)).toEqual(['stopped', 'stopped']);
    system.stop(actor);
  });

  test('waits for the end of the current event, and drops later events', () => {
    const actor = make();
    const seen: string[] = [];
    actor.send({
      type: 'look',
      meanwhile() {
        actor.send({ type: 'wait' });
        system.stop(actor);
        seen.push(actor.getSnapshot().status);
      },
    });
    expect(seen).toEqual(['active']);
    expect(actor.getSnapshot()).toMatchObject({ status: 'stopped', value: 'a' });
  });
});
