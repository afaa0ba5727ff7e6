/** Checks that an actor of a shared system has the same parts and the same behaviour as one of `createActor`. */

import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  Actor,
  assign,
  createActor,
  emit,
  fromPromise,
  raise,
  sendTo,
  setup,
  stopChild,
  type AnyActorRef,
  type EventObject,
  type SnapshotFrom,
} from 'xstate';
import { createSharedSystem } from './shared-system.ts';

const machine = setup({
  types: {
    context: {} as { seen: string[]; name: string },
    input: {} as { name: string },
    events: {} as EventObject,
    emitted: {} as EventObject,
  },
  actors: { wait: fromPromise(() => new Promise<never>(() => {})) },
  actions: {
    note: ({ context, event }) => void context.seen.push(event.type),
    fail: () => {
      throw new Error('out of order');
    },
  },
}).createMachine({
  id: 'm',
  context: ({ input }) => ({ seen: [], name: input.name }),
  entry: ['note', emit({ type: 'begun' })],
  initial: 'idle',
  on: {
    tell: { actions: emit({ type: 'told' }) },
    rename: { actions: assign({ name: 'another' }) },
    again: { actions: [raise({ type: 'tell' }), 'note'] },
    myself: { actions: sendTo(({ self }) => self, { type: 'tell' }) },
    fail: { actions: 'fail' },
    end: '.over',
  },
  states: {
    idle: { on: { wait: 'waiting' } },
    waiting: {
      invoke: { id: 'child', src: 'wait' },
      on: { back: 'idle', 'stop it': { actions: stopChild('child') } },
    },
    over: { type: 'final' },
  },
});

const OPTIONS = { id: 'x', input: { name: 'one' } };

type Options = typeof OPTIONS & { readonly snapshot?: SnapshotFrom<typeof machine> };

type Make = (parent: AnyActorRef, options?: Options) => Actor<typeof machine>;

const made: Make = (parent, options = OPTIONS) => createActor(machine, { ...options, parent });

/** The same in a shared system. */
function createMaker() {
  const system = createSharedSystem();
  const make: Make = (_, options = OPTIONS) => system.create(machine, options);
  return { parent: system.parent, make };
}

/** Records everything that an actor reports while `drive` runs. */
function watch(parent: AnyActorRef, make: Make, drive: (actor: Actor<typeof machine>) => void) {
  const told: unknown[] = [];
  const names = new Map<unknown, string>();
  const inspection = parent.system.inspect((event) => {
    const actor = names.get(event.actorRef) ?? `actor ${names.size}`;
    names.set(event.actorRef, actor);
    const {
      type,
      event: { type: of } = {},
      action,
    } = event as typeof event & {
      event?: EventObject;
      action?: { readonly type: string };
    };
    told.push([type, actor, of, action?.type]);
  });
  const actor = make(parent);
  actor.on('*', ({ type }) => void told.push(['heard', type]));
  actor.on('told', () => void told.push(['heard by name']));
  actor.subscribe({
    next: ({ value, status, context }) => void told.push([value, status, { ...context }]),
    error: (error) => void told.push(error),
    complete: () => void told.push('complete'),
  });
  actor.start();
  drive(actor);
  inspection.unsubscribe();
  const { value, status, context, children } = actor.getSnapshot();
  return { told, value, status, context, children: Object.keys(children) };
}

/** The types of an actor's parts, and the parts that it must share with other actors. */
function lookInside(actor: Actor<typeof machine>) {
  const { _actorScope: scope, options, ref, ...parts } = actor as unknown as Record<string, object>;
  const kinds = Object.entries(parts).map(([name, part]) => [name, part?.constructor?.name]);
  const { id, clock, logger, system, logic, src, _parent, _processingStatus } = parts;
  const same = [id, clock, logger, system, logic, src, _parent, _processingStatus];
  return { actor, ref, scope, options, kinds: Object.fromEntries(kinds) as object, same };
}

describe('an actor of a shared system', () => {
  test('has the same properties as an actor of XState, and no more', () => {
    const { parent, make } = createMaker();
    const actor = make(parent);
    const [own, theirs] = [lookInside(actor), lookInside(made(parent))];
    expect(actor).toBeInstanceOf(Actor);
    expect(own.kinds).toEqual(theirs.kinds);
    expect(own.same).toEqual(theirs.same);
    // XState uses the clock in the options only for actors with their own system.
    expect(own.options).toEqual({ ...theirs.options, clock: actor.clock, snapshot: undefined });
    expect(Object.keys(own.scope ?? {})).toEqual(Object.keys(theirs.scope ?? {}));
    const { id, sessionId, system } = actor;
    expect(own.scope).toMatchObject({ self: actor, id, sessionId, system });
    expect([own.ref, theirs.ref]).toEqual([actor, theirs.actor]);
  });

  test.each([
    [[]],
    [['tell', 'again', 'myself']],
    [['rename', 'nothing']],
    [['wait', 'tell', 'back']],
    [['wait', 'stop it', 'tell']],
    [['wait', 'end', 'tell']],
    [['end']],
    [['fail', 'tell']],
  ])('behaves as an actor of XState: %j', (events) => {
    const drive = (actor: AnyActorRef): void => {
      for (const type of events) actor.send({ type });
    };
    const { parent, make } = createMaker();
    const own = watch(parent, make, drive);
    expect(own).toEqual(watch(parent, made, drive));
    expect(own.told.length).toBeGreaterThan(4);
  });

  test('begins in a given snapshot', () => {
    const { parent, make } = createMaker();
    const snapshot = machine.resolveState({ value: 'waiting', context: { seen: [], name: 'kept' } });
    for (const from of [make, made]) {
      const actor = from(parent, { ...OPTIONS, snapshot });
      actor.start().send({ type: 'back' });
      expect(actor.getSnapshot()).toMatchObject({ value: 'idle', context: { name: 'kept' } });
    }
  });

  test('has a send method that can be used without the actor', () => {
    const { parent, make } = createMaker();
    const actor = make(parent).start();
    const { send } = actor;
    send({ type: 'wait' });
    expect(actor.getSnapshot().value).toBe('waiting');
  });

  test('stops only its own children', () => {
    const { parent, make } = createMaker();
    const [actor, other] = [make(parent), made(parent)].map(
      (one) => one as unknown as { _actorScope: { stopChild(child: unknown): void } },
    );
    expect(() => actor?._actorScope.stopChild(other)).toThrow('x cannot stop x, which is not its child');
  });
});

describe('the error of a listener', () => {
  afterEach(() => void vi.unstubAllGlobals());

  test('is reported, and the other listeners are still called', () => {
    const { parent, make } = createMaker();
    const actor = make(parent);
    let heard = 0;
    actor.on('told', () => {
      throw new Error('no ears');
    });
    actor.on('told', () => void (heard += 1));
    const jobs: (() => void)[] = [];
    vi.stubGlobal('queueMicrotask', (job: () => void) => jobs.push(job));
    actor.start().send({ type: 'tell' });
    expect(heard).toBe(1);
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toThrow('no ears');
  });
});
