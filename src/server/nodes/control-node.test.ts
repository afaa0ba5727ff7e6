import { describe, expect, test } from 'vitest';
import {
  CENTRIFUGE,
  createHarness,
  FaultyStore,
  pass,
  settle,
  type FakeClient,
  type HarnessOptions,
} from '../../actors/actor-harness.ts';
import { refuse } from '../../actors/room/room-options.ts';
import { createMemoryPresence } from '../../broker/presence/memory-presence.ts';
import type { Order, Question } from '../../broker/control/control.ts';
import { createMemoryControl } from '../../broker/control/memory-control.ts';
import { createAllNodes } from '../../operations/all-nodes.ts';
import { createConnections } from '../../operations/connections.ts';
import { createPublishing } from '../../operations/publishing.ts';
import { MutedRooms } from '../../operations/muted-rooms.ts';
import { Revocations } from '../../operations/revocations.ts';
import { createMemoryMutes } from '../../storage/mutes/memory-mutes.ts';
import { createMemoryRevocations } from '../../storage/revocations/memory-revocations.ts';
import { DEFAULT_MESSAGE_BYTES, DEFAULT_ROOM_NAME_BYTES } from '../../protocol/limits.ts';
import { FakeClock } from '../../system/clock-harness.ts';
import { createControlNode } from './control-node.ts';
import { createNodeInfo } from './node-info.ts';

const DATE = Date.UTC(2030, 0, 1);
const ANN = { user: 'ann' };
const QUIET = { ...CENTRIFUGE, pings: false };

function start(options: HarnessOptions = {}) {
  const clock = new FakeClock(DATE);
  const harness = createHarness({ clock, protocol: QUIET, ...options });
  const control = createMemoryControl();
  const streams = { receive: () => false };
  const outside = { keep: () => false, remove: () => false };
  const told: unknown[] = [];
  const events = { emit: (_: string, event: unknown) => void told.push(event), isHeard: () => false };
  // They may be out of reach, and are read again.
  const stores = { revocations: { ...createMemoryRevocations(), onRestored: () => () => undefined } };
  const revocations = new Revocations({ store: stores.revocations, clock, events });
  const muted = new MutedRooms({ store: createMemoryMutes(), clock, events, onFound: () => undefined });
  const nodeInfo = createNodeInfo({ uid: 'node', directory: harness.directory, clock, port: () => 0 });
  const { directory } = harness;
  control.attach(
    createControlNode({
      node: 'node',
      directory,
      streams,
      outside,
      nodeInfo,
      listActors: () => null,
      problems: { find: () => [] },
      tellMetrics: () => null,
      revocations,
      muted,
      events,
    }),
  );
  const limits = { messageBytes: DEFAULT_MESSAGE_BYTES, roomNameBytes: DEFAULT_ROOM_NAME_BYTES };
  const operations = {
    ...createConnections({ rooms: harness.rooms, nodes: createAllNodes(control, events), clock, limits }),
    ...createPublishing(harness.rooms),
  };
  /** A client of the Centrifuge protocol that has connected. */
  async function connect(user?: string): Promise<FakeClient> {
    const client = harness.connect(user);
    if (options.protocol?.greeting !== 'handshake') client.send({ type: 'connect', id: 1 });
    await settle();
    client.frames.length = 0;
    return client;
  }
  return { ...harness, clock, operations, control, told, connect, revocations, stores };
}

/** A handler that waits until it is let go. */
function createWait() {
  let release!: () => void;
  const opened = new Promise<void>((resolve) => (release = resolve));
  return { release, opened };
}

const joinA = { type: 'room.join', room: 'a', id: 2 } as const;
const membersOf = async (rooms: { members(room: string): Promise<object> }) =>
  ((await rooms.members('a')) as { id: string; state: string }[]).map(({ id, state }) => `${id} ${state}`);

describe('subscribe', () => {
  test('joins all connections of a user past the rules, and tells each', async () => {
    const { operations, connect, rooms } = start({
      limits: {
        rules: {
          join: 'nobody',
          publish: 'anyone',
          presence: 'anyone',
          history: 'anyone',
          rpc: 'anyone',
        },
      },
    });
    const [one, two, other] = [await connect('ann'), await connect('ann'), await connect('bob')];
    const request = { info: { badge: 1 }, data: 'hello', expiresAt: DATE + 60_000 };
    expect(operations.subscribe(ANN, 'a', request)).toEqual({ found: true });
    await settle();
    for (const { frames } of [one, two]) {
      expect(frames).toMatchObject([
        { type: 'joined', room: 'a', answer: { ttlSeconds: 60, data: 'hello' } },
      ]);
    }
    expect(other.frames).toEqual([]);
    expect(await membersOf(rooms)).toEqual(['c1 joined', 'c2 joined']);
    expect(operations.subscribe({ user: 'carl' }, 'a')).toEqual({ found: false });
  });

  test('ends with 3006 where it has an end', async () => {
    const { operations, connect, clock } = start();
    const client = await connect('ann');
    void operations.subscribe(ANN, 'a', { expiresAt: DATE + 60_000 });
    await settle();
    await pass(clock, 86_000);
    expect(client.closedWith).toBe('subscriptionExpired');
  });

  test('changes nothing for who is in the room, whoever has joined it', async () => {
    const { operations, connect } = start();
    const client = await connect('ann');
    client.send(joinA);
    await settle();
    void operations.subscribe(ANN, 'a');
    await settle();
    void operations.subscribe(ANN, 'b');
    await settle();
    void operations.subscribe(ANN, 'b');
    await settle();
    client.send({ type: 'room.join', room: 'b', id: 3 });
    await settle();
    expect(client.frames).toMatchObject([
      { type: 'joined', id: 2 },
      { type: 'joined', room: 'b' },
      { type: 'alreadyMember', id: 3 },
    ]);
  });

  test('sends what was missed since a position', async () => {
    const { operations, connect } = start({ limits: { history: { size: 10, ttlMs: 60_000 } } });
    for (const data of ['one', 'two']) void operations.publish('a', data);
    const client = await connect('ann');
    void operations.subscribe(ANN, 'a', { recoverSince: { offset: 1, epoch: 'epoch' } });
    await settle();
    expect(client.frames).toMatchObject([
      { type: 'joined', answer: { stream: { recovered: true, publications: [{ data: 'two' }] } } },
    ]);
  });

  test('closes who is in as many rooms as a connection may be', async () => {
    const { operations, connect } = start({ roomsPerConnection: 1 });
    const client = await connect('ann');
    void operations.subscribe(ANN, 'a');
    await settle();
    expect(client.closedWith).toBeUndefined();
    void operations.subscribe(ANN, 'b');
    await settle();
    expect(client.closedWith).toBe('roomLimit');
  });

  test('is refused by a full room and by onJoin, and the client is told', async () => {
    const { operations, connect } = start({ limits: { capacity: 1 } });
    const other = await connect('bob');
    other.send(joinA);
    await settle();
    const client = await connect('ann');
    void operations.subscribe(ANN, 'a');
    await settle();
    expect(client.frames).toMatchObject([{ type: 'left', room: 'a', refusal: { error: 'limitExceeded' } }]);
    const strict = start({ handlers: { onJoin: () => refuse('not you') } });
    const refused = await strict.connect('ann');
    void strict.operations.subscribe(ANN, 'a');
    await settle();
    expect(refused.frames).toMatchObject([{ type: 'left', refusal: { message: 'not you' } }]);
  });

  test('waits for the command before it, on a protocol that keeps order, and an unsubscribe takes it back', async () => {
    const { release, opened } = createWait();
    const { operations, connect, rooms } = start({
      protocol: { greeting: 'handshake', keepsOrder: true },
      handlers: { onJoin: ({ room }) => (room === 'slow' ? opened : undefined) },
    });
    const client = await connect('ann');
    client.send({ type: 'room.join', room: 'slow' });
    void operations.subscribe(ANN, 'a');
    await settle();
    void operations.subscribe(ANN, 'b');
    await settle();
    expect(operations.unsubscribe(ANN, 'b')).toEqual({ found: false });
    expect(client.frames).toEqual([]);
    release();
    await settle();
    expect(client.frames).toMatchObject([
      { type: 'joined', room: 'slow' },
      { type: 'joined', room: 'a' },
    ]);
    expect(await rooms.members('b')).toEqual([]);
  });
});

describe('unsubscribe', () => {
  test('ends memberships of clients and of the server, with 2000 or a code', async () => {
    const { operations, connect, rooms, toldOf } = start();
    const client = await connect('ann');
    client.send(joinA);
    await settle();
    void operations.subscribe(ANN, 'b');
    await settle();
    client.frames.length = 0;
    expect(operations.unsubscribe(ANN, 'a')).toEqual({ found: true });
    await settle();
    expect(operations.unsubscribe(ANN, 'b', { code: 2600, reason: 'moved' })).toEqual({ found: true });
    await settle();
    expect(client.frames).toMatchObject([
      { type: 'left', room: 'a', ending: { code: 2000, reason: 'server unsubscribe' } },
      { type: 'left', room: 'b', ending: { code: 2600, reason: 'moved' } },
    ]);
    expect(client.closedWith).toBeUndefined();
    expect(client.subscribed).toEqual(new Set());
    expect(toldOf('member.left').map(({ reason }) => reason)).toEqual(['kicked', 'kicked']);
    expect(await rooms.members('a')).toEqual([]);
    expect(operations.unsubscribe(ANN, 'a')).toEqual({ found: false });
  });

  test('refuses a join that its handler decides on, and what the handler says then does not count', async () => {
    const { release, opened } = createWait();
    const { operations, connect, rooms } = start({ handlers: { onJoin: () => opened } });
    const client = await connect('ann');
    client.send(joinA);
    await settle();
    expect(operations.unsubscribe(ANN, 'a')).toEqual({ found: true });
    await settle();
    await settle();
    expect(client.frames).toMatchObject([{ type: 'refused', id: 2, refusal: { error: 'permissionDenied' } }]);
    release();
    await settle();
    expect(client.frames).toHaveLength(1);
    expect(await rooms.members('a')).toEqual([]);
  });

  test('takes back a join that the store is being told of', async () => {
    const store = new FaultyStore();
    const { operations, connect, rooms, clock } = start({ store, durability: 'strict' });
    const client = await connect('ann');
    client.send({ type: 'room.join', room: 'b', id: 2 });
    await settle();
    client.send(joinA);
    await settle();
    void operations.unsubscribe(ANN, 'a');
    await pass(clock, 1_000);
    client.frames.length = 0;
    store.hold();
    client.send({ ...joinA, id: 3 });
    await settle();
    expect(operations.unsubscribe(ANN, 'a', { code: 2600, reason: 'later' })).toEqual({ found: true });
    await settle();
    store.release();
    await pass(clock, 1_000);
    expect(client.frames).toMatchObject([{ type: 'refused', id: 3, refusal: { error: 'internal' } }]);
    expect(await rooms.members('a')).toEqual([]);
    expect(store.idsOf('a')).toEqual([]);
  });

  test('finds users who are away, who are not expected back then', async () => {
    const { operations, connect, rooms } = start({ reconnectMs: 30_000 });
    const client = await connect('ann');
    client.send(joinA);
    await settle();
    client.lose();
    expect(await membersOf(rooms)).toEqual(['c1 away']);
    expect(operations.unsubscribe({ user: 'bob' }, 'a')).toEqual({ found: false });
    expect(operations.unsubscribe(ANN, 'a')).toEqual({ found: true });
    await settle();
    expect(await rooms.members('a')).toEqual([]);
    const back = await connect('ann');
    expect(back.subscribed).toEqual(new Set());
  });

  test('is over before later commands are, and a protocol that keeps order keeps it', async () => {
    const { release, opened } = createWait();
    const { operations, connect } = start({
      protocol: { greeting: 'handshake', keepsOrder: true },
      handlers: { onJoin: ({ room }) => (room === 'slow' ? opened : undefined) },
    });
    const client = await connect('ann');
    client.send({ type: 'room.join', room: 'a' });
    await settle();
    client.send({ type: 'room.join', room: 'slow' }, { type: 'ping' });
    void operations.unsubscribe(ANN, 'a');
    await settle();
    expect(client.frames).toMatchObject([
      { type: 'joined', room: 'a' },
      { type: 'left', room: 'a' },
    ]);
    release();
    await settle();
    expect(client.frames.slice(2)).toMatchObject([{ type: 'joined', room: 'slow' }, { type: 'pong' }]);
  });
});

describe('disconnect', () => {
  test('closes all connections of a user but those that are spared', async () => {
    const { operations, connect } = start();
    const [one, two, other] = [await connect('ann'), await connect('ann'), await connect('bob')];
    expect(operations.disconnect(ANN, { except: ['c2'] })).toEqual({ found: true });
    expect([one, two, other].map(({ closedWith }) => closedWith)).toEqual([
      'disconnected',
      undefined,
      undefined,
    ]);
    expect(operations.disconnect(ANN, { except: ['c2'] })).toEqual({ found: false });
    expect(operations.disconnect(ANN, { code: 3012 })).toEqual({ found: true });
    expect(two.closedWith).toBe('noPong');
  });

  test.each([
    [4499, 'away'],
    [4500, undefined],
  ])('with %i, its user is %s', async (code, state) => {
    const { operations, connect, rooms } = start({ reconnectMs: 30_000 });
    const client = await connect('ann');
    client.send(joinA);
    await settle();
    void operations.disconnect(ANN, { code, reason: 'over' });
    await settle();
    expect([client.closedWith, client.closeReason]).toEqual([{ code, reason: 'over' }, 'over']);
    expect(await membersOf(rooms)).toEqual(state === undefined ? [] : [`c1 ${state}`]);
  });

  test('reaches a client that is still being joined to its rooms', async () => {
    const { opened } = createWait();
    const { operations, connect } = start({
      handlers: { onJoin: () => opened },
      authenticator: {
        refreshes: true,
        identify: async () => ({ type: 'known', identity: { user: 'ann', rooms: { a: {} } } }),
        refresh: async () => ({ type: 'closed', close: 'invalidToken' }),
        prove: async () => ({ type: 'granted', grant: {} }),
      },
    });
    const client = await connect();
    expect(operations.disconnect(ANN)).toEqual({ found: true });
    expect(client.closedWith).toBe('disconnected');
  });
});

describe('refresh', () => {
  test('closes with 3005 when the time is over', async () => {
    const { operations, connect } = start();
    const [one, two] = [await connect('ann'), await connect('bob')];
    expect(operations.refresh(ANN, { expired: true })).toEqual({ found: true });
    expect(operations.refresh({ user: 'bob' }, { expiresAt: DATE - 1 })).toEqual({ found: true });
    expect([one.closedWith, two.closedWith]).toEqual(['expired', 'expired']);
  });

  test('sets another end and takes it away again, and the client is told', async () => {
    const { operations, connect, clock } = start();
    const client = await connect('ann');
    void operations.refresh(ANN, { expiresAt: DATE + 60_000 });
    await pass(clock, 61_000);
    void operations.refresh(ANN, { expiresAt: 0 });
    await pass(clock, 3_600_000);
    expect(client.frames).toEqual([{ type: 'refresh', ttlSeconds: 60 }, { type: 'refresh' }]);
    expect(client.closedWith).toBeUndefined();
    void operations.refresh(ANN, { expiresAt: clock.now() + 10_000 });
    await pass(clock, 36_000);
    expect(client.closedWith).toBe('expired');
  });

  test('changes what others see, in presence and in what comes later', async () => {
    const presence = createMemoryPresence();
    const { operations, connect, toldOf } = start({ presence });
    const client = await connect('ann');
    void operations.refresh(ANN, { info: { name: 'Ann' } });
    client.send(joinA);
    await settle();
    expect(client.frames).toMatchObject([{ type: 'joined' }]);
    void operations.refresh(ANN, { info: { name: 'Annie' } });
    expect(await presence.list('a')).toMatchObject([{ id: 'c1', info: { name: 'Annie' }, joinedAt: DATE }]);
    expect(toldOf('member.joined')[0]?.member).toEqual({ id: 'c1', user: 'ann', info: { name: 'Ann' } });
  });
});

describe('invalidate', () => {
  test('closes connections with 3014', async () => {
    const { operations, connect } = start();
    const client = await connect('ann');
    expect(operations.invalidate(ANN)).toEqual({ found: true });
    await settle();
    expect(client.closedWith).toBe('invalidated');
  });

  test('ends a membership with 2502, and closes with 3014 where the server has made it', async () => {
    const { operations, connect } = start();
    const client = await connect('ann');
    client.send(joinA);
    await settle();
    void operations.subscribe(ANN, 'b');
    await settle();
    expect(operations.invalidate(ANN, 'a')).toEqual({ found: true });
    await settle();
    expect(client.frames.at(-1)).toMatchObject({ type: 'left', room: 'a', ending: { code: 2502 } });
    expect(operations.invalidate(ANN, 'c')).toEqual({ found: false });
    expect(client.closedWith).toBeUndefined();
    expect(operations.invalidate(ANN, 'b')).toEqual({ found: true });
    await settle();
    expect(client.closedWith).toBe('invalidated');
  });

  test('refuses a join under way so that the client comes with a new token', async () => {
    const { opened } = createWait();
    const { operations, connect } = start({ handlers: { onJoin: () => opened } });
    const client = await connect('ann');
    client.send(joinA);
    await settle();
    void operations.invalidate(ANN, 'a');
    await settle();
    expect(client.frames).toMatchObject([{ type: 'refused', id: 2, refusal: { error: 'tokenExpired' } }]);
  });
});

describe('a bad order is refused', () => {
  const { operations } = start();
  const long = 'x'.repeat(70_000);

  test.each([
    ['nobody', () => operations.disconnect({})],
    ['nobody, in an empty text', () => operations.subscribe({ user: '' }, 'a')],
    ['a number', () => operations.invalidate({ user: 1 as unknown as string })],
    ['no room', () => operations.unsubscribe(ANN, '')],
    ['a code of nobody', () => operations.disconnect(ANN, { code: 3999 })],
    ['a code that is none', () => operations.disconnect(ANN, { code: 4000.5 })],
    ['a code of a message', () => operations.disconnect(ANN, { code: 1009 })],
    ['a code of another kind', () => operations.unsubscribe(ANN, 'a', { code: 3000, reason: '' })],
    ['a long reason', () => operations.unsubscribe(ANN, 'a', { code: 2000, reason: long })],
    ['what is no list', () => operations.disconnect(ANN, { except: 'c1' as unknown as string[] })],
    ['a long list', () => operations.disconnect(ANN, { except: Array(1_001).fill('c') as string[] })],
    ['a long info', () => operations.subscribe(ANN, 'a', { info: long })],
    ['an end that is over', () => operations.subscribe(ANN, 'a', { expiresAt: DATE })],
    [
      'half a position',
      () =>
        operations.subscribe(ANN, 'a', { recoverSince: { offset: 1 } as { offset: number; epoch: string } }),
    ],
    ['no change', () => operations.refresh(ANN, {})],
    ['a time that is none', () => operations.refresh(ANN, { expiresAt: -1 })],
    ['a long new info', () => operations.refresh(ANN, { info: long })],
  ])('%s', (_, act) => {
    expect(act()).toMatchObject({ refusal: { error: expect.stringMatching(/badRequest|limitExceeded/) } });
  });
});

test('what a newer version asks is ignored, and told once', () => {
  const { control, told } = start();
  const order = { type: 'fly' } as unknown as Order;
  expect([control.order(order), control.order(order)]).toEqual([false, false]);
  const question = { type: 'weather' } as unknown as Question;
  expect(control.survey(question, 1_000)).toEqual({ answers: [], missing: 1 });
  const ignoring = (what: string) =>
    new Error(`this node ignores ${what}, which it does not know: another one is of a newer version`);
  expect(told).toEqual([
    { part: 'control', error: ignoring('an order of the type fly') },
    { part: 'control', error: ignoring('a question of the type weather') },
  ]);
});

test('reload has what is revoked and muted read again', async () => {
  const { control, revocations, stores } = start();
  await stores.revocations.write([{ type: 'add', revocation: { user: 'ann' } }]);
  expect(control.order({ type: 'reload' })).toBe(true);
  await settle();
  expect(revocations.list()).toEqual([{ user: 'ann' }]);
});

describe('recall, of users who were found away after they had connected', () => {
  function startWithNodes() {
    const resumed: string[] = [];
    const recalled: unknown[] = [];
    const elsewhere = {
      roomsOf: async () => [],
      tellResumed: (user: string, room: string) => void resumed.push(`${user} in ${room}`),
      recall: (users: readonly string[], room: string) => void recalled.push([room, users]),
    };
    return { ...start({ elsewhere }), resumed, recalled };
  }

  test('joins who is not in the room, and tells that the user is back', async () => {
    const { control, connect, rooms, resumed, toldOf } = startWithNodes();
    const [client, other] = [await connect('ann'), await connect('bob')];
    expect(control.order({ type: 'recall', room: 'a', users: ['nobody', 'ann'] })).toBe(true);
    await settle();
    expect(client.frames).toMatchObject([{ type: 'joined', room: 'a' }]);
    expect(other.frames).toEqual([]);
    expect(toldOf('member.joined')).toMatchObject([{ room: 'a', resumed: true }]);
    expect(resumed).toEqual(['ann in a']);
    expect(await membersOf(rooms)).toEqual(['c1 joined']);
    client.send(joinA);
    await settle();
    expect(client.frames.slice(1)).toMatchObject([{ type: 'joined', id: 2 }]);
    expect(control.order({ type: 'recall', room: 'a', users: ['nobody'] })).toBe(false);
  });

  test('does not join again who is in the room, or about to be, and tells that the user is back', async () => {
    const { control, connect, rooms, resumed } = startWithNodes();
    const client = await connect('ann');
    client.send(joinA);
    void control.order({ type: 'recall', room: 'a', users: ['ann'] });
    await settle();
    void control.order({ type: 'recall', room: 'a', users: ['ann'] });
    await settle();
    expect(client.frames).toMatchObject([{ type: 'joined', id: 2 }]);
    expect(resumed).toEqual(['ann in a', 'ann in a']);
    expect(await membersOf(rooms)).toEqual(['c1 joined']);
  });
});
