import { describe, expect, test } from 'vitest';
import { join, leave, ping, publish, settle, type FakeClient } from '../../actors/actor-harness.ts';
import { createWatchHarness, STEADY, FakePage, name } from './watch-harness.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const CONNECTION = { kind: 'connection', id: 'c1' } as const;

async function joinAll(room: string, ...clients: FakeClient[]): Promise<void> {
  for (const client of clients) client.send(join(room));
  await settle();
}

/** Takes and leaves a state, so that nothing can be folded. */
function flicker(client: FakeClient, times: number): void {
  for (let count = 0; count < times; count += 1) {
    client.actor?.send({ type: count % 2 === 0 ? 'socket.congested' : 'socket.drained' });
  }
}

describe('a watch', () => {
  test('tells at most every 50 ms, and nothing when nothing happens', () => {
    const { connect, watch, clock } = createWatchHarness();
    const client = connect();
    const { page } = watch(CONNECTION);
    client.send(ping);
    clock.increment(49);
    expect(page.batches).toEqual([]);
    clock.increment(1);
    expect(page.batches).toHaveLength(1);
    clock.increment(1_000);
    expect(page.batches).toHaveLength(1);
    client.send(ping);
    clock.increment(50);
    expect(page.batches).toHaveLength(2);
  });

  test('folds what repeats, however often, and counts it', () => {
    const { connect, watch, flush } = createWatchHarness();
    const client = connect();
    const { page } = watch(CONNECTION);
    for (let count = 0; count < 1_000; count += 1) client.send(ping);
    flush();
    expect(page.story()).toEqual(['socket -> c1: ping × 1000', 'c1 => socket: replyPong × 1000']);
    expect(page.skipped).toBe(0);
    client.send(ping, { type: 'command.unknown' }, ping);
    flush();
    expect(page.story().slice(2)).toEqual([
      'socket -> c1: ping',
      'c1 => socket: replyPong',
      'socket -> c1: command.unknown',
      'c1 => socket: replyUnknown',
      'socket -> c1: ping',
      'c1 => socket: replyPong',
    ]);
  });

  test('leaves out what is more than 200 items at once, says how many, and has the states right', () => {
    const { connect, watch, flush } = createWatchHarness();
    const client = connect();
    const { page } = watch(CONNECTION);
    flicker(client, 501);
    flush();
    expect(page.items).toHaveLength(200);
    expect(page.skipped).toBe(301);
    expect(page.items.map(({ seq }) => seq)).toEqual([...Array(200).keys()]);
    expect(page.states.get('connection c1')).toEqual(['open.flow.congested', 'open.work.ready', ...STEADY]);
    flicker(client, 1);
    client.actor?.send({ type: 'socket.drained' });
    flush();
    expect(page.items.slice(200).map(({ seq }) => seq)).toEqual([501, 502]);
    expect(page.states.get('connection c1')).toEqual(['open.flow.clear', 'open.work.ready', ...STEADY]);
  });

  test('leaves out what is more than its rate on the long run', () => {
    const { connect, watch, flush } = createWatchHarness({ input: { itemsPerSecond: 400 } });
    const client = connect();
    const { page } = watch(CONNECTION);
    flicker(client, 200);
    flush();
    for (let turn = 0; turn < 10; turn += 1) {
      page.forget();
      flicker(client, 100);
      flush();
      expect([page.items.length, page.skipped]).toEqual([20, 80]);
    }
  });

  test('does not fold across what was left out', () => {
    const { connect, watch, flush } = createWatchHarness();
    const client = connect();
    const { page } = watch(CONNECTION);
    flicker(client, 198);
    client.send(ping);
    flicker(client, 2);
    client.send(ping, ping);
    flush();
    expect(page.story().slice(-2)).toEqual(['socket -> c1: ping', 'c1 => socket: replyPong']);
    expect(page.skipped).toBe(6);
  });

  test('sends nothing while its page cannot take more, and the present states when it can again', async () => {
    const { connect, watch, watcher, clock, flush } = createWatchHarness();
    const [ann, bob] = [connect(), connect()];
    await joinAll('room1', ann, bob);
    const { page, watch: watched } = watch(ROOM, true);
    page.isFull = true;
    ann.send(publish('room1', 'hi'));
    flush();
    expect(page.batches).toHaveLength(1);
    bob.actor?.send({ type: 'socket.congested' });
    ann.send(leave('room1'));
    await settle();
    clock.increment(10_000);
    await settle();
    expect(page.batches).toHaveLength(1);
    page.isFull = false;
    page.forget();
    watched.drained();
    flush();
    expect(page.story()).toEqual(['c1 ended']);
    expect(page.skipped).toBeGreaterThan(10);
    expect(page.states.get('connection c2')).toEqual(['open.flow.congested', 'open.work.ready', ...STEADY]);
    expect(page.statuses.get('membership c1@room1')).toBe('done');
    expect(page.states.get('room room1')).toContain('active.journal.clean');
    expect(watcher.watched.size).toBe(2);
  });

  test('describes a hundred actors in a batch at most, and the others in the next', async () => {
    const { connect, watch, flush, clock } = createWatchHarness({ limits: { capacity: 1_000 } });
    const clients = Array.from({ length: 150 }, () => connect());
    await joinAll('room1', ...clients);
    clock.increment(50);
    await settle();
    const { page } = watch(ROOM, true);
    for (const client of clients) flicker(client, 1);
    for (const client of clients) flicker(client, 3);
    flush();
    expect(page.batches[0]?.actors).toHaveLength(100);
    flush();
    expect(page.batches[1]?.actors).toHaveLength(50);
    expect(page.batches[1]?.items).toEqual([]);
    for (const { id } of clients)
      expect(page.states.get(`connection ${id}`)?.[0]).toBe('open.flow.congested');
    flush();
    expect(page.batches).toHaveLength(2);
  });
});

describe('a watched room', () => {
  test('has the latest 200 of its connections watched, and later ones while there is space', async () => {
    const { connect, watch, watcher, flush, clock } = createWatchHarness({ limits: { capacity: 1_000 } });
    const clients = Array.from({ length: 250 }, () => connect());
    await joinAll('room1', ...clients);
    clock.increment(50);
    await settle();
    const { page, watch: watched } = watch(ROOM, true);
    const connections = watched.actors().filter(({ kind }) => kind === 'connection');
    expect(connections).toHaveLength(200);
    expect(connections[0]?.id).toBe('c250');
    expect(watched.actors().filter(({ status }) => status === 'resting')).toHaveLength(250);
    expect(watcher.watched.size).toBe(201);
    const late = connect();
    await joinAll('room1', late);
    flush();
    expect(page.states.has(`connection ${late.id}`)).toBe(false);
    clients[100]?.send(leave('room1'));
    await settle();
    flush();
    expect(page.states.has('connection c101')).toBe(true);
    const later = connect();
    await joinAll('room1', later);
    flush();
    expect(page.states.get(`connection ${later.id}`)).toEqual([
      'open.flow.clear',
      'open.work.ready',
      ...STEADY,
    ]);
    expect(watcher.watched.size).toBe(201);
  });

  test('stops watching a connection that has left it', async () => {
    const { connect, watch, watcher, flush } = createWatchHarness();
    const [ann, bob] = [connect(), connect()];
    await joinAll('room1', ann, bob);
    flush();
    await settle();
    const { page } = watch(ROOM, true);
    ann.send(leave('room1'));
    await settle();
    flush();
    expect(page.story().slice(-3)).toEqual([
      'c1 => socket: answerLeft',
      'c1 -> c1: command.pending',
      'c1 ended',
    ]);
    expect(page.batches.at(-1)?.actors.map(name)).toEqual(['membership c1@room1', 'room room1']);
    expect([...watcher.watched].map(({ id }) => id)).toEqual(['room1', 'c2']);
    page.forget();
    ann.send(ping);
    flush();
    expect(page.story().filter((line) => line.includes('c1'))).toEqual([]);
    ann.send(join('room1'));
    await settle();
    flush();
    expect(page.story()).toContain('c1 started');
  });

  test('keeps a connection that has left and is back before the next batch', async () => {
    const { connect, watch, watcher, flush } = createWatchHarness();
    const client = connect();
    await joinAll('room1', client);
    const { page } = watch(ROOM, true);
    client.send(leave('room1'), join('room1'));
    await settle();
    flush();
    expect(page.statuses.get('membership c1@room1')).toBe('resting');
    expect([...watcher.watched].map(({ id }) => id)).toEqual(['room1', 'c1']);
  });
});

describe('actors of several watches', () => {
  test('are inspected once, and as long as somebody watches them', async () => {
    const { connect, watch, watcher, flush } = createWatchHarness();
    const client = connect();
    await joinAll('room1', client);
    flush();
    await settle();
    const first = watch(ROOM, true);
    const second = watch(CONNECTION);
    expect(watcher.watched.size).toBe(2);
    client.send(ping);
    flush();
    expect(first.page.story()).toEqual(second.page.story());
    first.watch.stop();
    expect([...watcher.watched]).toEqual([client.actor]);
    second.page.forget();
    client.send(ping);
    flush();
    expect(second.page.story()).toEqual(['socket -> c1: ping', 'c1 => socket: replyPong']);
    expect(first.page.batches).toHaveLength(1);
    second.watch.stop();
    expect(watcher.watched.size).toBe(0);
  });

  test('show an event as an effect in one watch, and at its watched receiver in another', async () => {
    const { connect, watch, flush } = createWatchHarness();
    const client = connect();
    await joinAll('room1', client);
    const [room, connection] = [watch(ROOM, true).page, watch(CONNECTION).page];
    client.send(publish('room1', 'hi'));
    flush();
    expect(connection.story()).toEqual(['socket -> c1: room.publish', 'c1 => room1: publish']);
    expect(room.story().slice(0, 2)).toEqual(['socket -> c1: room.publish', 'c1 -> room1: room.publish']);
  });
});

test('a watch that was stopped tells nothing more', () => {
  const { connect, watch, watcher, flush } = createWatchHarness();
  const client = connect();
  const { page, watch: watched } = watch(CONNECTION);
  client.send(ping);
  watched.stop();
  watched.stop();
  client.send(ping);
  flush();
  expect(page.batches).toEqual([]);
  expect([watcher.size, watcher.watched.size]).toEqual([0, 0]);
});

test('actors that start and end while their page cannot take more leave nothing in memory', async () => {
  const { connect, watch, watcher, flush } = createWatchHarness({
    handlers: { onJoin: ({ member }) => (member.user === undefined ? new Promise(() => {}) : undefined) },
    limits: { capacity: 10_000 },
  });
  const stayer = connect('ann');
  await joinAll('room1', stayer);
  const page = new FakePage();
  page.isFull = true;
  const { watch: watched } = watch(ROOM, true, page);
  stayer.send(ping);
  flush();
  for (let count = 0; count < 100; count += 1) {
    const client = connect();
    client.send(join('room1'));
    client.lose();
  }
  await settle();
  expect(watcher.watched.size).toBe(2);
  page.isFull = false;
  page.forget();
  watched.drained();
  flush();
  expect(page.skipped).toBeGreaterThan(500);
  expect(page.batches.flatMap(({ actors }) => actors.map(name))).toEqual(['room room1']);
});
