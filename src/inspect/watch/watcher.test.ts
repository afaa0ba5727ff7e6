import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { describe, expect, test } from 'vitest';
import { call, FaultyStore, join, leave, ping, publish, settle, until } from '../../actors/actor-harness.ts';
import { goLive } from '../../actors/runtime/live-machine.ts';
import { MACHINES } from '../../actors/machines.ts';
import type { Publisher } from '../../actors/room/ports.ts';
import { send } from '../../actors/runtime/send.ts';
import { DEFAULT_PROXY_POLICY } from '../../actors/servant/tars-proxy-events.ts';
import { startTarsProxy, tarsProxyMachine, type TarsProxyRef } from '../../actors/servant/tars-proxy.ts';
import type { CallOutcome } from '../../protocol/command.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import type { LinkListener, LinkRequest, ServantLink } from '../../tars/servant-link.ts';
import type { ActorAddress } from '../feed/feed-protocol.ts';
import { toTransitionId } from '../chart/transition-id.ts';
import { createWatchHarness, FakePage, type WatchHarnessOptions } from './watch-harness.ts';

const ROOM: ActorAddress = { kind: 'room', id: 'room1' };

/** A room with one member, `c1`, whose joins are written; what happened so far is forgotten. */
async function watchRoom(options: WatchHarnessOptions = {}) {
  const harness = createWatchHarness(options);
  const client = harness.connect();
  client.send(join('room1'));
  await settle();
  harness.clock.increment(50);
  await settle();
  const { page, watch } = harness.watch(ROOM, true);
  return { ...harness, client, page, watch };
}

/** Every transition that a page was told of is one of the machine's. */
function expectKnownTransitions(page: FakePage): void {
  for (const item of page.items) {
    if (item.type !== 'transition') continue;
    const known = idsOf(MACHINES[item.actor.kind]);
    expect(item.taken.filter((id) => !known.has(id))).toEqual([]);
  }
}

function idsOf(machine: AnyStateMachine): Set<string> {
  const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
    node,
    ...Object.values(node.states).flatMap(nodesOf),
  ];
  return new Set(
    nodesOf(machine.root).flatMap(({ transitions, always }) =>
      [...[...transitions.values()].flat(), ...(always ?? [])].map(toTransitionId),
    ),
  );
}

describe('a watched room', () => {
  test('begins with the present actors, and sends nothing before something happens', async () => {
    const { page, watch, watcher, flush } = await watchRoom();
    expect(watch.actors().map(({ kind, id, status }) => `${kind} ${id} ${status}`)).toEqual([
      'room room1 active',
      'membership c1@room1 resting',
      'connection c1 active',
    ]);
    expect(watcher.watched.size).toBe(2);
    flush();
    expect(page.batches).toEqual([]);
  });

  test('shows a join from the connection to the seat', async () => {
    const { page, connect, flush } = await watchRoom();
    connect().send(join('room1'));
    await settle();
    flush();
    expect(page.story()).toEqual([
      'c2 -> room1: room.join',
      'c2 started',
      'c2@room1 started',
      'room1 -> c2@room1: xstate.init',
      'c2@room1 -> room1: member.recording',
      'room1 -> c2@room1: membership.recorded',
      'c2@room1 => socket: letIn',
      'c2@room1 -> room1: member.joined',
      'socket -> c2: room.join',
      'c2@room1 -> c2: room.joined',
      'c2 => socket: answerJoined',
      'c2 -> c2: command.pending',
      'c2@room1 rested',
    ]);
    expectKnownTransitions(page);
  });

  test('shows a message on its way to the broker', async () => {
    const { page, client, flush } = await watchRoom();
    client.send(publish('room1', 'hi'));
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.publish',
      'c1 -> room1: room.publish',
      'room1 => broker: publish',
      'room1 => socket: publish',
    ]);
    expectKnownTransitions(page);
  });

  test('shows a message that a handler judges', async () => {
    const { page, client, flush } = await watchRoom({ handlers: { onMessage: async () => undefined } });
    client.send(publish('room1', 'hi'));
    await settle();
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.publish',
      'c1 -> room1: room.publish',
      '1@room1 started',
      '1@room1 => handler: moderate',
      'c1 -> c1: command.pending',
      'handler -> 1@room1: xstate.done.actor.0.moderation.moderating',
      '1@room1 -> room1: room.cleared',
      'room1 => broker: publish',
      'room1 => socket: publish',
      'room1 -> c1: command.settled',
      '1@room1 ended',
    ]);
    expectKnownTransitions(page);
  });

  test('shows a leave, from the start of the membership to its end', async () => {
    const { page, client, flush } = await watchRoom({ handlers: { onLeave: async () => {} } });
    client.send(leave('room1'));
    await settle();
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.leave',
      'c1 -> room1: room.leave',
      'c1@room1 started',
      'room1 -> c1@room1: membership.leave',
      'c1@room1 => socket: letOut',
      'c1@room1 -> room1: member.leaving',
      'c1@room1 -> room1: member.recording',
      'room1 -> c1@room1: membership.recorded',
      'c1@room1 => handler: sayGoodbye',
      'c1@room1 -> room1: member.left',
      'c1@room1 -> c1: room.left',
      'c1 => socket: answerLeft',
      'c1 -> c1: command.pending',
      'handler -> c1@room1: xstate.done.actor.0.membership.left.notifying',
      'c1@room1 ended',
      // The connection lives on, but not for the watch of the room.
      'c1 ended',
    ]);
    expectKnownTransitions(page);
  });

  test('shows that messages are throttled, and that they are taken again later', async () => {
    const { page, client, clock, flush, stateOf } = await watchRoom({ limits: { messagesPerSecond: 2 } });
    for (let count = 0; count < 4; count += 1) client.send(publish('room1', count));
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.publish × 4',
      'c1 -> room1: room.publish × 2',
      'room1 => broker: publish × 2',
      'room1 => socket: publish × 2',
      'c1 -> room1: room.publish',
      'room1 => socket: refuseThrottled',
      'c1 -> room1: room.publish',
      'room1 => socket: refuseThrottled',
    ]);
    expect(page.states.get('room room1')).toContain('active.broadcast.throttled');
    clock.increment(1_000);
    flush();
    expect(page.states.get('room room1')).toContain('active.broadcast.flowing');
    expect(stateOf('room1')).toMatchObject({ active: { broadcast: 'flowing' } });
    expectKnownTransitions(page);
  });

  test('shows a store that fails, and recovers', async () => {
    const store = new FaultyStore();
    const { page, connect, clock, flush } = await watchRoom({ store });
    store.error = new Error('the disk is full');
    connect().send(join('room1'));
    await settle();
    page.forget();
    clock.increment(50);
    await settle();
    flush();
    expect(page.states.get('room room1')).toContain('active.journal.failing.waiting');
    store.error = undefined;
    clock.increment(200);
    await settle();
    flush();
    const journal = page.story().filter((line) => line.includes('store') || line.includes('timer'));
    expect(journal).toEqual([
      'timer -> room1: xstate.after.flush.room.active.journal.dirty',
      'room1 => store: sync',
      'store -> room1: xstate.error.actor.0.room.active.journal.writing',
      'timer -> room1: xstate.after.retry.room.active.journal.failing.waiting',
      'room1 => store: sync',
      'store -> room1: xstate.done.actor.0.room.active.journal.failing.retrying',
    ]);
    expect(page.states.get('room room1')).toContain('active.journal.clean');
    expectKnownTransitions(page);
  });

  test('shows a call of a function and its answer', async () => {
    const { page, client, flush } = await watchRoom({
      allowed: ['hello.sayHello'],
      rpc: { call: async () => ({ type: 'result', result: 'hi' }) },
    });
    client.send(call('hello.sayHello'));
    await settle();
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.call',
      'c1 -> room1: room.call',
      'room1 => hello: delegate',
      'servant -> room1: room.called',
      'room1 -> c1: call.answered',
      'c1 => socket: answerCall',
    ]);
    expectKnownTransitions(page);
  });
});

describe('a watched connection', () => {
  test('shows what it sends to rooms that are not watched', async () => {
    const { connect, watch, flush } = createWatchHarness();
    const client = connect();
    const { page } = watch({ kind: 'connection', id: 'c1' });
    client.send(join('room1'), publish('room1', 'waits'), ping);
    await settle();
    client.send(publish('room1', 'hi'));
    client.lose();
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.join',
      'c1 => room1: join',
      'c1 -> c1: command.pending',
      'c1@room1 -> c1: room.joined',
      'c1 => socket: answerJoined',
      'socket -> c1: room.publish',
      'c1 => room1: publish',
      'c1 -> c1: command.pending',
      'room1 -> c1: command.settled',
      'socket -> c1: ping',
      'c1 => socket: replyPong',
      'socket -> c1: room.publish',
      'c1 => room1: publish',
      'socket -> c1: socket.closed',
      'c1 => room1: leaveRooms',
      'c1 ended',
    ]);
    expect(page.statuses.get('connection c1')).toBe('done');
    expectKnownTransitions(page);
  });

  test('is seen to become congested, and to be closed when it has a gap', () => {
    const { connect, watch, flush } = createWatchHarness();
    const client = connect();
    const { page } = watch({ kind: 'connection', id: 'c1' });
    client.actor?.send({ type: 'socket.congested' });
    flush();
    expect(page.states.get('connection c1')).toEqual(['open.flow.congested', 'open.work.ready']);
    client.actor?.send({ type: 'socket.drained' });
    client.actor?.send({ type: 'socket.congested' });
    client.actor?.send({ type: 'socket.overflowed' });
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: socket.congested',
      'socket -> c1: socket.drained',
      'socket -> c1: socket.congested',
      'socket -> c1: socket.overflowed',
      'c1 => socket: close',
      'socket -> c1: socket.closed',
      'c1 ended',
    ]);
    expect(page.states.get('connection c1')).toEqual(['closed']);
    expectKnownTransitions(page);
  });

  test('shows its memberships, but no one else in its rooms', async () => {
    const { connect, watch, flush, clock } = createWatchHarness({ handlers: { onJoin: async () => {} } });
    const [ann, bob] = [connect(), connect()];
    ann.send(join('room1'));
    await settle();
    const { page, watch: watched } = watch({ kind: 'connection', id: 'c1' }, true);
    expect(watched.actors().map(({ id, status }) => `${id} ${status}`)).toEqual([
      'c1 active',
      'c1@room1 resting',
    ]);
    ann.send(join('room2'));
    bob.send(join('room1'));
    await settle();
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.join',
      'c1 => room2: join',
      'c1 -> c1: command.pending',
      'c1@room2 started',
      'room2 -> c1@room2: xstate.init',
      'c1@room2 => handler: authorize',
      'handler -> c1@room2: xstate.done.actor.0.membership.requesting.authorizing',
      'c1@room2 => room2: recordJoin',
      'room2 -> c1@room2: membership.recorded',
      'c1@room2 => socket: letIn',
      'c1@room2 -> c1: room.joined',
      'c1 => socket: answerJoined',
      'c1@room2 => room2: letIn',
      'c1@room2 rested',
    ]);
    page.forget();
    ann.send(leave('room1'));
    clock.increment(50);
    await settle();
    flush();
    expect(page.story()).toEqual([
      'socket -> c1: room.leave',
      'c1 => room1: leave',
      'c1@room1 started',
      'room1 -> c1@room1: membership.leave',
      'c1@room1 => socket: letOut',
      'c1@room1 => room1: letOut',
      'c1@room1 => room1: recordLeave',
      'room1 -> c1@room1: membership.recorded',
      'c1@room1 => room1: tellLeft',
      'c1@room1 ended',
      'c1@room1 -> c1: room.left',
      'c1 => socket: answerLeft',
      'c1 -> c1: command.pending',
    ]);
    expect(page.statuses.get('membership c1@room1')).toBe('done');
    expect(page.statuses.get('membership c1@room2')).toBe('resting');
    expectKnownTransitions(page);
  });
});

test('a membership is watched while it rests too', async () => {
  const { connect, watch, watcher, flush } = createWatchHarness();
  const client = connect();
  client.send(join('room1'));
  await settle();
  const { page, watch: watched } = watch({ kind: 'membership', id: 'c1@room1' });
  expect(watched.actors()).toMatchObject([{ id: 'c1@room1', status: 'resting' }]);
  expect(watcher.watched.size).toBe(0);
  client.send(leave('room1'));
  await settle();
  client.send(join('room1'));
  await settle();
  flush();
  expect(page.story()).toEqual([
    'c1@room1 started',
    'room1 -> c1@room1: membership.leave',
    'c1@room1 => socket: letOut',
    'c1@room1 => room1: letOut',
    'c1@room1 => room1: recordLeave',
    'room1 -> c1@room1: membership.recorded',
    'c1@room1 => room1: tellLeft',
    'c1@room1 => c1: tellLeft',
    'c1@room1 ended',
    'c1@room1 started',
    'room1 -> c1@room1: xstate.init',
    'c1@room1 => room1: recordJoin',
    'room1 -> c1@room1: membership.recorded',
    'c1@room1 => socket: letIn',
    'c1@room1 => c1: letIn',
    'c1@room1 => room1: letIn',
    'c1@room1 rested',
  ]);
  expect(watcher.watched.size).toBe(0);
  expect(page.statuses.get('membership c1@room1')).toBe('resting');
});

test('an address without an actor cannot be watched', () => {
  const { watcher } = createWatchHarness();
  const sink = { send: () => true, failed() {} };
  expect(watcher.watch(ROOM, true, sink)).toBe('unknown');
  expect(watcher.watch({ kind: 'membership', id: 'c1@room1' }, false, sink)).toBe('unknown');
  expect(watcher.size).toBe(0);
});

test('the server is watched from its start to its end', async () => {
  const { population, watcher, flush } = createWatchHarness();
  const page = new FakePage();
  watcher.watch({ kind: 'server', id: 'server' }, true, page);
  const { server } = population;
  server.start();
  await settle();
  const publisher: Publisher = { sender: 'library', settle() {} };
  send(server, { type: 'server.broadcast', data: 'hi', publisher }, publisher.sender);
  server.send({ type: 'server.stop' });
  await until(() => server.getSnapshot().status === 'done');
  flush();
  expect(page.story()).toEqual([
    'server started',
    'server => store: restore',
    'store -> server: xstate.done.actor.0.server.starting.restoring',
    'server => socket: bind',
    'socket -> server: xstate.done.actor.0.server.starting.binding',
    'library -> server: server.broadcast',
    'server => broker: broadcast',
    'server => library: broadcast',
    'library -> server: server.stop',
    'server => socket: emptyConnections',
    'socket -> server: xstate.done.actor.0.server.draining.emptying',
    'server => store: closeRooms',
    'store -> server: xstate.done.actor.0.server.draining.flushing',
    'server => store: release',
    'store -> server: xstate.done.actor.0.server.draining.releasing',
    'server ended',
  ]);
  expectKnownTransitions(page);
});

/** A servant's link whose servant is played by the test. */
function createPlayedLink() {
  const sent: LinkRequest[] = [];
  let listener: LinkListener | undefined;
  const link: ServantLink = {
    open: async () => {},
    send: (request) => sent.push(request) > 0,
    timedOut() {},
    close() {},
  };
  return {
    sent,
    createLink(of: LinkListener) {
      listener = of;
      return link;
    },
    answer: () => listener?.reply({ requestId: sent.at(-1)?.requestId ?? 0, ret: 0, body: new Uint8Array() }),
  };
}

test('the proxy of a servant is watched with a room, and its circuit is seen to open', async () => {
  const link = createPlayedLink();
  const callServant = (): Promise<CallOutcome> =>
    new Promise((resolve) => {
      const proxy = harness.proxies.get('hello') ?? start();
      proxy.send({
        type: 'rpc.call',
        call: {
          request: { func: 'sayHello', body: new Uint8Array() },
          deadlineAt: harness.clock.now() + 1_000,
          idempotent: false,
          attempts: 0,
          settle: ({ type }) =>
            resolve(type === 'reply' ? { type: 'result', result: 'hi' } : failCall('timedOut')),
        },
      });
    });
  const harness = await watchRoom({ allowed: ['hello.*'], rpc: { call: callServant } });
  const { clock, page, client, proxies, observer, flush } = harness;
  function start(): TarsProxyRef {
    const proxy = startTarsProxy(
      goLive(tarsProxyMachine, observer, () => clock.now()),
      {
        name: 'hello',
        createLink: link.createLink,
        policy: { ...DEFAULT_PROXY_POLICY, failuresToOpen: 1 },
        clock,
        events: { emit() {}, isHeard: () => false },
        random: () => 0.5,
      },
      () => {},
    );
    proxies.set('hello', proxy);
    return proxy;
  }
  client.send(call('hello.sayHello'));
  await settle();
  link.answer();
  await settle();
  flush();
  expect(page.story()).toEqual([
    'socket -> c1: room.call',
    'c1 -> room1: room.call',
    'room1 => hello: delegate',
    'hello started',
    'room1 -> hello: rpc.call',
    'hello => servant: connect',
    'servant -> hello: xstate.done.actor.0.tarsProxy.connecting',
    'hello => servant: dispatchWaiting',
    'servant -> hello: link.replied',
    'servant -> room1: room.called',
    'room1 -> c1: call.answered',
    'c1 => socket: answerCall',
  ]);
  page.forget();
  client.send(call('hello.sayHello'));
  clock.increment(1_000);
  await settle();
  flush();
  expect(page.story()).toEqual([
    'socket -> c1: room.call',
    'c1 -> room1: room.call',
    'room1 -> hello: rpc.call',
    'hello => servant: dispatch',
    'timer -> hello: call.expired',
    'servant -> room1: room.called',
    'room1 -> c1: call.answered',
    'c1 => socket: answerCall',
  ]);
  expect(page.states.get('tarsProxy hello')).toEqual(['ready.circuit.open.connected']);
  expectKnownTransitions(page);
});
