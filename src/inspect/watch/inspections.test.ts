import { describe, expect, test } from 'vitest';
import { createActor, fromPromise, setup, type AnyActorRef, type InspectionEvent } from 'xstate';
import { ping, settle } from '../../actors/actor-harness.ts';
import { createSharedSystem } from '../../actors/runtime/shared-system.ts';
import { Inspections, type Inspected, type InspectionListener } from './inspections.ts';
import { createWatchHarness } from './watch-harness.ts';

const machine = setup({
  types: { events: {} as { type: 'go' } | { type: 'end' } },
  actions: { act: () => {} },
  actors: { ask: fromPromise(async () => 'told') },
}).createMachine({
  initial: 'a',
  states: {
    a: { on: { go: { target: 'b', actions: 'act' } } },
    b: { invoke: { src: 'ask', onDone: 'c' } },
    c: { on: { end: 'over' } },
    over: { type: 'final' },
  },
});

/** Hands each moment of an actor's life out as a line. */
class Notes implements InspectionListener {
  readonly lines: string[] = [];

  inspect(inspected: Inspected): void {
    this.lines.push(tell(inspected));
  }

  invoked(child: InspectionEvent['actorRef']): void {
    this.lines.push(`invoked ${(child as AnyActorRef).id}`);
  }
}

function tell(inspected: Inspected): string {
  const { id } = inspected.actorRef as AnyActorRef;
  return `${id} ${inspected.type} ${'event' in inspected ? inspected.event.type : ''}`;
}

/** Actors of one system, that have not started. */
function createActors<Id extends string>(...ids: Id[]): Record<Id, AnyActorRef> {
  const { parent } = createSharedSystem();
  return Object.fromEntries(ids.map((id) => [id, createActor(machine, { id, parent })])) as never;
}

async function live(...actors: AnyActorRef[]): Promise<void> {
  for (const actor of actors) actor.start();
  for (const actor of actors) actor.send({ type: 'go' });
  await settle();
  for (const actor of actors) actor.send({ type: 'end' });
}

const LIFE = [
  'x @xstate.event xstate.init',
  'x @xstate.snapshot xstate.init',
  'x @xstate.event go',
  'x @xstate.action ',
  'x @xstate.action ',
  'x @xstate.microstep go',
  'invoked 0.(machine).b',
  'x @xstate.snapshot go',
  'x @xstate.event xstate.done.actor.0.(machine).b',
  'x @xstate.action ',
  'x @xstate.microstep xstate.done.actor.0.(machine).b',
  'x @xstate.snapshot xstate.done.actor.0.(machine).b',
  'x @xstate.event end',
  'x @xstate.microstep end',
  'x @xstate.snapshot end',
];

test('an actor is inspected, and what it starts, and no other actor of its system', async () => {
  const { x, other } = createActors('x', 'other');
  const notes = new Notes();
  new Inspections().inspect(x, notes);
  await live(x, other);
  expect(notes.lines).toEqual(LIFE);
});

test('two actors of a system are told to their own listeners, and each until it is released', () => {
  const { x, y } = createActors('x', 'y');
  const [ofX, ofY] = [new Notes(), new Notes()];
  const inspections = new Inspections();
  const inspection = inspections.inspect(x, ofX);
  inspections.inspect(y, ofY);
  for (const actor of [x, y]) actor.start();
  inspection.unsubscribe();
  for (const actor of [x, y]) actor.send({ type: 'end' });
  expect(ofX.lines).toEqual(LIFE.slice(0, 2));
  expect(ofY.lines.map((line) => line.split(' ').at(-1))).toEqual([
    'xstate.init',
    'xstate.init',
    'end',
    'end',
    'end',
  ]);
});

test('a listener that replaces another one stays when the other one is released', () => {
  const { x } = createActors('x');
  const [before, after] = [new Notes(), new Notes()];
  const inspections = new Inspections();
  const inspection = inspections.inspect(x, before);
  inspections.inspect(x, after);
  inspection.unsubscribe();
  x.start();
  expect([before.lines, after.lines]).toEqual([[], LIFE.slice(0, 2)]);
});

test('what is listened to is what XState tells of a system', async () => {
  const actor = createActor(machine, { id: 'x' });
  const overheard: string[] = [];
  const told: string[] = [];
  const inspect = (inspected: Inspected): void => void overheard.push(tell(inspected));
  const invoked = (child: InspectionEvent['actorRef']): void => {
    new Inspections().inspect(child as AnyActorRef, { inspect, invoked });
  };
  new Inspections().inspect(actor, { inspect, invoked });
  actor.system.inspect((inspected) => void told.push(tell(inspected)));
  await live(actor);
  // The child is overheard from its start on, and not when it is made.
  const [start, made] = ['0.(machine).b @xstate.event xstate.init', '0.(machine).b @xstate.actor '];
  expect(overheard).toEqual(told.filter((line) => line !== start && line !== made));
  expect(told).toContain(start);
  expect(told).toContain('x @xstate.action ');
});

/** How often XState makes a copy of what it is given to tell. */
function countCopies({ system }: AnyActorRef, actorRef: AnyActorRef): number {
  let copies = 0;
  const inside = system as unknown as { _sendInspectionEvent(event: object): void };
  inside._sendInspectionEvent({
    type: '@xstate.snapshot',
    actorRef,
    get event() {
      copies += 1;
      return { type: 'xstate.stop' };
    },
  });
  return copies;
}

test('nothing is copied for actors that are not inspected', () => {
  const { x, other } = createActors('x', 'other');
  new Inspections().inspect(x, { inspect() {}, invoked() {} });
  expect(countCopies(other, other)).toBe(0);
  other.system.inspect(() => {});
  expect(countCopies(other, other)).toBe(1);
});

describe('a system is left as it was', () => {
  const sendOf = ({ system }: AnyActorRef): unknown =>
    (system as unknown as { _sendInspectionEvent: unknown })._sendInspectionEvent;

  test('when none of its actors is inspected any more', () => {
    const { x, y } = createActors('x', 'y');
    const before = sendOf(x);
    const inspections = new Inspections();
    const [first, second] = [new Notes(), new Notes()];
    const ofX = inspections.inspect(x, first);
    const ofY = inspections.inspect(y, second);
    ofX.unsubscribe();
    expect(sendOf(x)).not.toBe(before);
    ofY.unsubscribe();
    expect(sendOf(x)).toBe(before);
    const again = inspections.inspect(x, second);
    // It is over, and takes nothing from the one that came after it.
    ofX.unsubscribe();
    x.start();
    expect(second.lines).toEqual(LIFE.slice(0, 2));
    again.unsubscribe();
    expect(sendOf(x)).toBe(before);
    expect(first.lines).toEqual([]);
  });

  test.each([
    ['the first', 0],
    ['the second', 1],
  ])('for the other, when %s of two that overhear it goes', (_, goes) => {
    const { x } = createActors('x');
    const notes = [new Notes(), new Notes()];
    const inspections = notes.map((listener) => new Inspections().inspect(x, listener));
    inspections[goes]?.unsubscribe();
    x.start();
    expect(notes.map(({ lines }) => lines.length)).toEqual(goes === 0 ? [0, 2] : [2, 0]);
  });
});

test('a connection is watched among others of its system, which keep to the fast lane', () => {
  const { connect, watch, flush, watcher } = createWatchHarness();
  const [ann, bob, eve] = [connect(), connect(), connect()];
  const [ofAnn, ofBob] = [ann, bob].map(({ id }) => watch({ kind: 'connection', id }));
  const told: string[] = [];
  eve.actor?.system.inspect((inspected) => void told.push(tell(inspected)));
  for (const client of [ann, bob, eve]) client.send(ping);
  flush();
  expect(ofAnn?.page.story()).toEqual(['socket -> c1: ping', 'c1 => socket: replyPong']);
  expect(ofBob?.page.story()).toEqual(['socket -> c2: ping', 'c2 => socket: replyPong']);
  expect(told.filter((line) => line.includes('@xstate.microstep'))).toEqual([
    'c1 @xstate.microstep ping',
    'c2 @xstate.microstep ping',
  ]);

  ofAnn?.page.forget();
  ofBob?.page.forget();
  ofAnn?.watch.stop();
  for (const client of [ann, bob, eve]) client.lose();
  flush();
  expect(ofAnn?.page.items).toEqual([]);
  expect(ofBob?.page.story()).toEqual(['socket -> c2: socket.closed', 'c2 ended']);
  expect(watcher.watched.size).toBe(0);
});
