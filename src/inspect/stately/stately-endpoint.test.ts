import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { MachineObserver } from '../../actors/runtime/live-machine.ts';
import { MACHINES } from '../../actors/machines.ts';
import { join, publish, settle } from '../../actors/actor-harness.ts';
import { Inbox } from '../../system/inbox-harness.ts';
import { jsonError } from '../../transport/common/responses.ts';
import { handleSockets } from '../../transport/socket-session.ts';
import { createWsTransport } from '../../transport/ws.ts';
import { describeChart } from '../chart/describe-chart.ts';
import { createSecretCheck } from '../../auth/secret.ts';
import { createRedaction } from '../redaction/redaction.ts';
import { createPopulation } from '../summary/population-harness.ts';
import { combineObservers } from '../../actors/runtime/combine-observers.ts';
import { createWatcher, type Watcher } from '../watch/watcher.ts';
import { createStatelyEndpoint, type StatelyEndpointOptions } from './stately-endpoint.ts';

/** Rooms and connections with a simulated clock, and the endpoint on a real socket. */
async function serve(options: Partial<Pick<StatelyEndpointOptions, 'access'>> & { token?: string } = {}) {
  const errors: unknown[] = [];
  // The watcher looks at the population, whose machines tell it.
  let later: Watcher | undefined;
  const tellLater: Partial<MachineObserver> = {
    watched: {
      get size() {
        return later?.watched.size ?? 0;
      },
      has: (actor) => later?.watched.has(actor) ?? false,
    },
    sent: (...args) => later?.observer.sent(...args),
    made: (...args) => later?.observer.made(...args),
    threw: (...args) => later?.observer.threw(...args),
  };
  const harness = createPopulation({ observer: combineObservers(tellLater) });
  const { population, summaries, clock } = harness;
  const redaction = createRedaction();
  const watcher = createWatcher({
    population,
    describe: (entry) => summaries.describe(entry),
    redactEvent: (event) => redaction.showFields(event, 'type'),
    describeError: (error) => redaction.showError(error),
    clock,
    now: () => clock.now(),
    onError: (error) => errors.push(error),
  });
  later = watcher;
  const endpoint = createStatelyEndpoint({
    access: options.access ?? (() => 'open'),
    isRightToken: createSecretCheck(options.token),
    population,
    answers: {
      watch: (...args) => watcher.watch(...args),
      chart: (machine) => describeChart(MACHINES[machine]),
    },
    now: () => clock.now(),
    onError: (error) => errors.push(error),
  });
  const closed = new Inbox<number>();
  const handlers = handleSockets([endpoint]);
  const transport = createWsTransport(
    {
      ...handlers,
      close(session, code, reason) {
        handlers.close(session, code, reason);
        closed.push(code);
      },
      request: () => jsonError(404, 'not found'),
      failed: (error) => errors.push(error),
    },
    { maxFrameBytes: 1024, sendQueueBytes: 4 * 1024 * 1024, idleTimeoutSeconds: 0 },
  );
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    endpoint.close();
    await transport.close();
    expect(errors).toEqual([]);
  });
  await settle();
  return {
    ...harness,
    watcher,
    endpoint,
    closed,
    url: (query = '') => `ws://127.0.0.1:${port}/inspector/stately${query}`,
  };
}

/** What Stately's own code receives. */
class Received extends Inbox<StatelyInspectionEvent> {
  constructor(url: string) {
    super();
    createWebSocketReceiver({ server: url }).subscribe((event) => this.push(event));
  }

  /** The next one that is looked for; those before it are passed over. */
  async find(isIt: (event: StatelyInspectionEvent) => boolean): Promise<StatelyInspectionEvent> {
    for (;;) {
      const event = await this.next();
      if (isIt(event)) return event;
    }
  }
}

function refusalOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.on('error', () => {});
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('open', () => resolve(undefined));
  });
}

test("Stately's receiver is told of a room, of a join, and of a message without its text", async () => {
  const { url, connect, clock, watcher } = await serve();
  const ann = connect('ann');
  ann.send(join('room1'));
  await settle();
  const received = new Received(url('?room=room1'));
  expect(await received.next()).toMatchObject({
    type: '@xstate.actor',
    _version: '0.7.2',
    name: 'room room1',
    sessionId: 'room:room1',
    rootId: 'room:room1',
    snapshot: { status: 'active', value: { active: { occupancy: 'occupied' } } },
  });
  connect('bob').send(join('room1'));
  await settle();
  clock.increment(50);
  const bob = await received.find(({ sessionId }) => sessionId === 'membership:c2@room1');
  expect(bob).toMatchObject({ type: '@xstate.actor', parentId: 'room:room1' });
  await received.find(
    (message) =>
      message.type === '@xstate.snapshot' &&
      message.sessionId === 'membership:c2@room1' &&
      (message.snapshot as { value?: unknown }).value === 'joined',
  );
  ann.send(publish('room1', 'the secret plan'));
  await settle();
  clock.increment(50);
  await received.find((message) => message.type === '@xstate.event' && message.event.type === 'room.publish');
  expect(JSON.stringify(received.items)).not.toContain('secret plan');
  expect(watcher.size).toBe(1);
});

test('without a query the server and the first rooms are shown', async () => {
  const { url, connect } = await serve();
  for (let room = 1; room <= 8; room += 1) connect('ann').send(join(`room${room}`));
  await settle();
  const received = new Received(url());
  await received.find(({ sessionId }) => sessionId === 'room:room5');
  expect(received.items.map(({ sessionId }) => sessionId)).toEqual([
    'server:server',
    ...[1, 2, 3, 4, 5].map((room) => `room:room${room}`),
  ]);
  expect(received.items[0]).toMatchObject({ name: 'server', snapshot: { value: { listening: 'settled' } } });
});

test('a connection is shown with its memberships, until the inspector closes', async () => {
  const { url, connect, clock, watcher, closed } = await serve();
  const ann = connect('ann');
  const socket = new WebSocket(url('?connection=c1'));
  const frames = new Inbox<StatelyInspectionEvent>();
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as StatelyInspectionEvent));
  expect(await frames.next()).toMatchObject({ type: '@xstate.actor', sessionId: 'connection:c1' });
  socket.send('whatever');
  ann.send(join('room1'));
  await settle();
  clock.increment(50);
  let membership = await frames.next();
  while (membership.sessionId !== 'membership:c1@room1') membership = await frames.next();
  expect(membership).toMatchObject({ type: '@xstate.actor', parentId: 'connection:c1' });
  expect(watcher.watched.size).toBeGreaterThan(0);
  socket.close();
  await closed.next();
  expect([watcher.size, watcher.watched.size]).toEqual([0, 0]);
});

test('a request without access is refused, and one for an unknown room', async () => {
  const { url } = await serve({ token: 'the right one', access: () => 'token' });
  expect(await refusalOf(url())).toBe(401);
  expect(await refusalOf(url('?token=the+wrong+one'))).toBe(401);
  expect(await refusalOf(url('?token=the+right+one'))).toBeUndefined();
  expect(await refusalOf(url('?token=the+right+one&room=nowhere'))).toBe(404);
  expect(await refusalOf(url('?token=the+right+one&connection=nobody'))).toBe(404);
  const elsewhere = await serve({ access: () => jsonError(403, 'not from there') });
  expect(await refusalOf(elsewhere.url())).toBe(403);
});

test('only a few inspectors are open at a time, and a server that stops closes them', async () => {
  const { url, endpoint, closed } = await serve();
  const codes = new Inbox<number>();
  for (let count = 0; count < 4; count += 1) {
    const socket = new WebSocket(url());
    socket.on('close', (code) => codes.push(code));
    await once(socket, 'open');
  }
  expect(await refusalOf(url())).toBe(503);
  endpoint.close();
  for (let count = 0; count < 4; count += 1) {
    await closed.next();
    expect(await codes.next()).toBe(3001);
  }
  expect(await refusalOf(url())).toBeUndefined();
});
