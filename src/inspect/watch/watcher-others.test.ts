import { expect, test } from 'vitest';
import { call, join, leave, settle, until } from '../../actors/actor-harness.ts';
import { goLive } from '../../actors/runtime/live-machine.ts';
import type { Publisher } from '../../actors/room/ports.ts';
import { send } from '../../actors/runtime/send.ts';
import { DEFAULT_PROXY_POLICY } from '../../actors/servant/tars-proxy-events.ts';
import { startTarsProxy, tarsProxyMachine, type TarsProxyRef } from '../../actors/servant/tars-proxy.ts';
import type { CallOutcome } from '../../protocol/command.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import type { LinkListener, LinkRequest, ServantLink } from '../../tars/servant-link.ts';
import { createWatchHarness, FakePage, ROOM, watchRoom, expectKnownTransitions } from './watch-harness.ts';

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
    'server => store: prepare',
    'store -> server: xstate.done.actor.0.server.starting.preparing',
    'server => store: restore',
    'store -> server: xstate.done.actor.0.server.starting.restoring',
    'server => socket: bind',
    'socket -> server: xstate.done.actor.0.server.starting.binding',
    'server => store: restore',
    'store -> server: xstate.done.actor.0.server.listening.restoring',
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
          deadlineAt: harness.clock.monotonic() + 1_000,
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
      goLive(tarsProxyMachine, observer, () => clock.monotonic()),
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
