import { expect, test } from 'vitest';
import { join, publish, until } from '../../actors/actor-harness.ts';
import type { HarnessOptions } from '../../actors/actor-harness.ts';
import { createContentRedaction, createRedaction, type Redaction } from '../redaction/redaction.ts';
import { WITHHELD } from '../redaction/withheld-names.ts';
import { createPopulation } from '../summary/population-harness.ts';
import type { RoomOperations } from './room-operations.ts';
import { createRoomReading } from './room-reading.ts';

const KEPT: HarnessOptions = { limits: { history: { size: 100, ttlMs: 60_000 } } };

interface Options extends HarnessOptions {
  readonly redaction?: Redaction;
  readonly operations?: Partial<RoomOperations>;
}

function createReading(options: Options = {}) {
  const harness = createPopulation(options);
  const reading = createRoomReading({
    population: harness.population,
    operations: () => ({ ...harness.operations, ...options.operations }),
    redaction: options.redaction ?? createContentRedaction(),
    patternOf: (room) => (room.startsWith('room') ? 'room*' : undefined),
  });
  return { ...harness, reading };
}

test('publications come page by page, the latest first, with their sender', async () => {
  const { reading, connect, operations, clock } = createReading(KEPT);
  const client = connect('ann');
  client.send(join('room1'));
  for (let number = 1; number <= 4; number += 1) await operations.publish('room1', { number });
  client.send(publish('room1', 'mine'));
  const first = await reading.publications({ room: 'room1', limit: 2 });
  expect(first).toEqual({
    room: 'room1',
    offset: 5,
    epoch: 'epoch',
    publications: [
      { offset: 5, time: clock.now(), data: 'mine', from: { id: 'c1', user: 'ann' } },
      { offset: 4, time: clock.now(), data: { number: 4 } },
    ],
    hasOlder: true,
  });
  const before = { offset: 4, epoch: 'epoch' };
  expect(await reading.publications({ room: 'room1', limit: 2, before })).toMatchObject({
    publications: [{ offset: 3 }, { offset: 2 }],
    hasOlder: true,
  });
  expect(
    await reading.publications({ room: 'room1', limit: 2, before: { offset: 2, epoch: 'epoch' } }),
  ).toMatchObject({ publications: [{ offset: 1 }], hasOlder: false });
});

test('a history that cannot be read is refused', async () => {
  const { reading } = createReading();
  expect(await reading.publications({ room: '', limit: 2 })).toMatchObject({
    refusal: { message: 'the room name is empty' },
  });
});

const SECRETS = { text: 'hi', accessToken: 'abc', card: '4111' };

test.each([
  ['without the control, messages and infos', createRedaction(), WITHHELD, WITHHELD],
  [
    'with it, secrets and the fields of the settings',
    createContentRedaction(['card']),
    { text: 'hi', accessToken: WITHHELD, card: WITHHELD },
    { name: 'Ann' },
  ],
  [
    'with it, messages whose field is in the settings',
    createContentRedaction(['data']),
    WITHHELD,
    { name: 'Ann' },
  ],
] as const)('withheld are: %s', async (_what, redaction, data, info) => {
  const present = { id: 'c1', user: 'ann', info: { name: 'Ann' }, roomInfo: { name: 'Ann' }, joinedAt: 1 };
  const { reading, operations } = createReading({
    ...KEPT,
    redaction,
    operations: { presence: () => ({ members: [present] }) },
  });
  await operations.publish('room1', SECRETS);
  expect(await reading.publications({ room: 'room1', limit: 1 })).toMatchObject({ publications: [{ data }] });
  expect(await reading.presence({ room: 'room1', limit: 1 })).toEqual({
    room: 'room1',
    members: [{ id: 'c1', user: 'ann', info, roomInfo: info, joinedAt: 1 }],
    total: 1,
  });
});

test('a long message is shown as far as its bounds go', async () => {
  const { reading, operations } = createReading(KEPT);
  await operations.publish('room1', 'x'.repeat(60_000));
  const answer = await reading.publications({ room: 'room1', limit: 1 });
  const data = 'publications' in answer ? answer.publications[0]?.data : undefined;
  expect(data).toMatch(/^x{4096}… \(55904 more\)$/);
});

test('members are listed in the order of their joins, and users who are away after them', async () => {
  const { reading, connect, directory, clock } = createReading({ reconnectMs: 30_000 });
  const clients = ['ann', 'bob', undefined, 'Anna'].map((user) => {
    const client = connect(user);
    client.send(join('room1'));
    clock.increment(1);
    return client;
  });
  await until(() => directory.rooms.get('room1')?.record.roster.joined.size === 4);
  clients[0]?.lose();
  await until(() => directory.rooms.get('room1')?.record.roster.away.size === 1);
  const list = async (query: { search?: string; offset?: number; limit?: number } = {}) => {
    const page = await reading.presence({ room: 'room1', limit: 10, ...query });
    if ('refusal' in page) throw new Error(page.refusal.message);
    return { total: page.total, ids: page.members.map(({ id }) => id), members: page.members };
  };
  const all = await list();
  expect(all).toMatchObject({ total: 4, ids: ['c2', 'c3', 'c4', 'c1'] });
  expect(all.members[0]).toEqual({ id: 'c2', user: 'bob', joinedAt: expect.any(Number) });
  expect(all.members[3]).toMatchObject({ user: 'ann', awaySince: expect.any(Number) });
  expect(await list({ offset: 1, limit: 2 })).toMatchObject({ total: 4, ids: ['c3', 'c4'] });
  expect(await list({ search: 'ANN' })).toMatchObject({ total: 2, ids: ['c4', 'c1'] });
  expect(await list({ search: 'C3' })).toMatchObject({ total: 1, ids: ['c3'] });
});

test('a withheld user is neither shown nor searched for', async () => {
  const { reading, connect, directory } = createReading({ redaction: createContentRedaction(['user']) });
  connect('ann').send(join('room1'));
  await until(() => directory.rooms.get('room1')?.record.roster.joined.size === 1);
  expect(await reading.presence({ room: 'room1', limit: 10 })).toMatchObject({ members: [{ id: 'c1' }] });
  expect(JSON.stringify(await reading.presence({ room: 'room1', limit: 10 }))).not.toContain('ann');
  expect(await reading.presence({ room: 'room1', limit: 10, search: 'ann' })).toMatchObject({ total: 0 });
});

test('the settings of a room are those that hold for it', async () => {
  const { reading, connect } = createReading({
    ...KEPT,
    handlers: { onJoin() {} },
    allowed: ['hello.*'],
  });
  expect(reading.settings('room1')).toBeUndefined();
  connect().send(join('room1'));
  expect(reading.settings('room1')).toEqual({
    room: 'room1',
    settings: {
      pattern: 'room*',
      rules: { join: 'anyone', publish: 'anyone', presence: 'anyone', history: 'anyone', rpc: 'anyone' },
      history: { size: 100, ttlMs: 60_000 },
      recover: true,
      delta: false,
      joinLeave: false,
      rpc: ['hello.*'],
      handlers: ['onJoin'],
      hasSchema: false,
      capacity: 100,
      messageBytes: 65_536,
      lingerMs: 10_000,
      handlerMs: 1_000,
    },
  });
});
