import { describe, expect, test } from 'vitest';
import { call, FaultyStore, join, leave, ping, publish, settle } from '../../actors/actor-harness.ts';
import { createWatchHarness, STEADY, watchRoom, expectKnownTransitions } from './watch-harness.ts';

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
    expect(page.states.get('connection c1')).toEqual(['open.flow.congested', 'open.work.ready', ...STEADY]);
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
