import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createMachine, type AnyActorRef } from 'xstate';
import { createHarness, join, leave, ping, publish, settle, until } from '../src/actors/actor-harness.ts';
import { NO_OBSERVER, type MachineKind } from '../src/actors/runtime/live-machine.ts';
import { createSharedSystem } from '../src/actors/runtime/shared-system.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** V8 may keep a few objects for a moment, while it compiles code that has used them in the background. */
const MAX_ROUNDS = 100;
const ROUND_MS = 10;

/** How many of these objects stay in memory. */
async function countHeld(actors: readonly WeakRef<AnyActorRef>[], expected = 0): Promise<number> {
  let held = actors.length;
  for (let round = 0; round < MAX_ROUNDS && (round === 0 || held > expected); round += 1) {
    await settle();
    await sleep(ROUND_MS);
    collectGarbage();
    held = actors.filter((actor) => actor.deref() !== undefined).length;
  }
  return held;
}

/** A harness that remembers every actor that was made, by a weak reference. */
function createCountingHarness() {
  const made: { readonly kind: MachineKind; readonly ref: WeakRef<AnyActorRef> }[] = [];
  const harness = createHarness({
    observer: { ...NO_OBSERVER, made: (kind, actor) => void made.push({ kind, ref: new WeakRef(actor) }) },
  });
  const of = (kind: MachineKind) => made.filter((actor) => actor.kind === kind).map(({ ref }) => ref);
  return { ...harness, of };
}

test('a shared system keeps none of its actors in memory, if they have ended or were dropped', async () => {
  const { parent, create } = createSharedSystem();
  const machine = createMachine({
    initial: 'a',
    states: { a: { on: { end: 'over', fail: { actions: fail } } }, over: { type: 'final' } },
  });
  const live = (type: string): WeakRef<AnyActorRef> => {
    const actor = create(machine, { id: 'x', input: undefined });
    actor.subscribe({ error() {} });
    actor.start().send({ type });
    return new WeakRef(actor);
  };
  const actors = Array.from({ length: 300 }, () => ['end', 'fail', 'nothing'].map(live)).flat();
  expect(await countHeld(actors)).toBe(0);
  expect(parent.getSnapshot().status).toBe('active');
});

function fail(): never {
  throw new Error('out of order');
}

test('a thousand connections that open and close leave nothing in memory', async () => {
  const { connect, of, clock, told, store, directory } = createCountingHarness();
  for (let count = 0; count < 1_000; count += 1) {
    const client = connect();
    client.send(join('room1'), ping, publish('room1', count));
    if (count % 3 === 0) await settle();
    if (count % 2 === 0) client.send(leave('room1'));
    client.lose();
    // The harness keeps its clients.
    client.actor = undefined;
  }
  await settle();
  clock.increment(100);
  await settle();
  told.length = 0;
  store.writes.length = 0;
  expect(directory.connections.size).toBe(0);
  expect([of('connection').length, of('membership').length > 1_000]).toEqual([1_000, true]);
  expect(await countHeld([...of('connection'), ...of('membership')])).toBe(0);
  expect(directory.system.parent.system.getSnapshot()).toEqual({ _scheduledEvents: {} });
});

test('the actor of a resting membership does not stay in memory, while its member stays', async () => {
  const { connect, of, rooms } = createCountingHarness();
  const clients = Array.from({ length: 1_000 }, () => connect());
  for (const [index, client] of clients.entries()) client.send(join(`room${index % 10}`));
  await until(() => clients.every(({ frames }) => frames.length === 1));
  expect(await rooms.members('room7')).toHaveLength(100);
  expect(of('membership')).toHaveLength(1_000);
  expect(await countHeld(of('membership'))).toBe(0);
  expect(await countHeld(of('connection'), 1_000)).toBe(1_000);
});
