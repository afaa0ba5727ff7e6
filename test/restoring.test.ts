/** Rooms of an earlier run are opened while clients connect, where there are so many that it takes long. */

import { expect, test } from 'vitest';
import { createMemoryStore, createServer, type MembershipStore } from '../src/index.ts';
import { createGate } from './support/gate.ts';
import { keepEvents } from './support/event-watch.ts';
import { startServer } from './support/start-server.ts';

const LINE_USERS = { line: { userParameter: true } } as const;

/** A store with the rooms of an earlier run, whose list comes when the gate is open. */
async function createSlowStore(rooms: number) {
  const store = createMemoryStore();
  const names = Array.from({ length: rooms }, (_, index) => `room${index}`);
  for (const [index, name] of names.entries()) {
    await store.write(name, [
      { type: 'put', member: { id: `gone${index}`, joinedAt: 1 } },
      { type: 'put', member: { id: `ann${index}`, user: 'ann', joinedAt: 1 } },
    ]);
  }
  const gate = createGate();
  let tell: ((read: number, all: number) => void) | undefined;
  const slow: MembershipStore = {
    ...store,
    async open() {},
    async rooms(told) {
      tell = told;
      await gate.opened;
      return store.rooms();
    },
  };
  return { store: slow, gate, told: (read: number, all: number) => tell?.(read, all) };
}

test('the server listens meanwhile, says how far it is, and joins who has come back before', async () => {
  const { store, gate, told } = await createSlowStore(3);
  const running = await startServer({ store, ...LINE_USERS });
  const { server, connect } = running;
  const left = keepEvents(server, 'member.left');
  const restored = keepEvents(server, 'server.restored');
  told(2, 5);
  expect(server.health().restoring).toEqual({ step: 'read', done: 2, total: 5 });
  const ann = await connect({ path: '/?user=ann' });
  expect(await ann.settle()).toEqual([]);
  // Who asks for a room has it opened before its turn.
  expect(await server.members('room0')).toMatchObject([{ user: 'ann' }]);
  expect(await ann.next()).toBe('Subscribe roomNum:room0 success!');
  gate.open();
  expect([await ann.next(), await ann.next()].toSorted()).toEqual([
    'Subscribe roomNum:room1 success!',
    'Subscribe roomNum:room2 success!',
  ]);
  await expect.poll(() => server.health().restoring).toBeUndefined();
  expect(restored).toMatchObject([{ rooms: 3 }]);
  expect(
    left
      .filter(({ reason }) => reason === 'swept')
      .map(({ room }) => room)
      .toSorted(),
  ).toEqual(['room0', 'room1', 'room2']);
});

test('a server that stops in the middle leaves the rest to the next run', async () => {
  const { store, gate } = await createSlowStore(3);
  const first = createServer({ store: { ...store, close: async () => {} }, port: 0, ...LINE_USERS });
  await first.listen();
  expect(await first.members('room1')).toHaveLength(1);
  const closed = first.close();
  gate.open();
  await closed;
  const { server } = await startServer({ store, ...LINE_USERS });
  const left = keepEvents(server, 'member.left');
  await expect.poll(() => server.health().restoring).toBeUndefined();
  const away = await Promise.all([0, 1, 2].map((index) => server.members(`room${index}`)));
  expect(away).toMatchObject([[{ user: 'ann' }], [{ user: 'ann' }], [{ user: 'ann' }]]);
  expect(left.map(({ room }) => room)).not.toContain('room1');
});

test('a server whose store cannot be opened does not start', async () => {
  const { store } = await createSlowStore(1);
  const server = createServer({
    store: {
      ...store,
      open: async () => {
        throw new Error('the disk is away');
      },
    },
    port: 0,
  });
  await expect(server.listen()).rejects.toThrow('the disk is away');
});
