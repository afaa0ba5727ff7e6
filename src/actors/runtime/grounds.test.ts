import { createActor, setup, type AnyActorRef } from 'xstate';
import { describe, expect, test } from 'vitest';
import type { Grounds } from '../../protocol/grounds.ts';
import { groundsOf } from './grounds.ts';

/** A door that notes the grounds of what it refuses. */
function createDoor() {
  const noted: Grounds[] = [];
  const door = setup({
    types: { events: {} as { type: 'open' | 'shut' | 'ring'; strength?: number } },
    delays: { nightfall: 10 },
    guards: {
      isLocked: () => false,
      isHeavy: ({ event }) => (event.strength ?? 0) < 10,
      isStuck: (_, { limit }: { limit: number }) => limit > 3,
    },
    actions: {
      refuse: ({ self, event }) => void noted.push(groundsOf(self, event, 'refuse')),
      lock: ({ self, event }) =>
        void noted.push(groundsOf(self, event, 'lock', { name: 'nights', value: 1 })),
    },
  }).createMachine({
    id: 'door',
    type: 'parallel',
    states: {
      leaf: {
        initial: 'shut',
        states: {
          shut: {
            on: {
              open: [
                { guard: 'isLocked', actions: 'refuse' },
                { guard: 'isHeavy', actions: 'refuse' },
                { guard: { type: 'isStuck', params: { limit: 4 } }, actions: 'refuse' },
                { target: 'open' },
              ],
              shut: { actions: 'refuse' },
            },
            after: { nightfall: { actions: 'lock' } },
          },
          open: {},
        },
      },
      bell: { on: { ring: { actions: 'refuse' } } },
    },
  });
  const actor = createActor(door).start();
  return { actor, noted };
}

describe('the grounds of an action', () => {
  test('are the state that was asked, the event, and the guards up to the one that held', () => {
    const { actor, noted } = createDoor();
    actor.send({ type: 'open', strength: 1 });
    actor.send({ type: 'open', strength: 20 });
    expect(noted).toEqual([
      {
        machine: 'door',
        state: 'leaf.shut',
        event: 'open',
        guards: [
          { name: 'isLocked', holds: false },
          { name: 'isHeavy', holds: true },
        ],
      },
      {
        machine: 'door',
        state: 'leaf.shut',
        event: 'open',
        guards: [
          { name: 'isLocked', holds: false },
          { name: 'isHeavy', holds: false },
          { name: 'isStuck', holds: true },
        ],
      },
    ]);
  });

  test('are the state alone where it takes no such event', () => {
    const { actor, noted } = createDoor();
    actor.send({ type: 'shut' });
    actor.send({ type: 'ring' });
    expect(noted).toEqual([
      { machine: 'door', state: 'leaf.shut', event: 'shut' },
      { machine: 'door', state: 'bell', event: 'ring' },
    ]);
  });

  test('name a delay, and the limit that was reached', async () => {
    const { noted } = createDoor();
    await expect.poll(() => noted.length).toBe(1);
    expect(noted).toEqual([
      { machine: 'door', state: 'leaf.shut', event: 'after nightfall', limit: { name: 'nights', value: 1 } },
    ]);
  });

  test('have no state where no actor decides', () => {
    const event = { type: 'room.publish' };
    expect(groundsOf({ kind: 'room', id: 'a' }, event, 'refuse')).toEqual({
      machine: 'room',
      event: 'room.publish',
    });
    expect(groundsOf('http', event, 'refuse')).toEqual({ event: 'room.publish' });
    const stopped: AnyActorRef = createDoor().actor.stop();
    expect(groundsOf(stopped, event, 'nothing')).toEqual({ machine: 'door', event: 'room.publish' });
  });
});
