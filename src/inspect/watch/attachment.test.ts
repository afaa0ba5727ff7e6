import {
  Actor,
  assign,
  createActor,
  createMachine,
  setup,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyMachineSnapshot,
} from 'xstate';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { join, leave, ping, settle } from '../../actors/actor-harness.ts';
import { connectionMachine } from '../../actors/connection/connection.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { nameActions } from './step-log.ts';
import { isAtWork } from './attachment.ts';
import { createWatchHarness, FakePage } from './watch-harness.ts';

test('the mailbox of an actor tells whether it is handling an event', () => {
  const seen: boolean[] = [];
  const look = ({ self }: { self: AnyActorRef }): void => void seen.push(isAtWork(self));
  const actor = createActor(createMachine({ entry: look, on: { go: { actions: look } } }));
  seen.push(isAtWork(actor));
  actor.start();
  seen.push(isAtWork(actor));
  actor.send({ type: 'go' });
  seen.push(isAtWork(actor));
  // What it does on its start is not an event from its mailbox.
  expect(seen).toEqual([false, false, false, true, false]);
});

describe('the actions of a step', () => {
  const { root } = setup({
    actions: { keep: assign({}), speak: () => {}, keepMore: assign({}), bye: () => {} },
  }).createMachine({
    initial: 'a',
    states: {
      a: {
        on: {
          both: { target: 'b', actions: ['keep', 'speak', 'keepMore'] },
          only: { target: 'b', actions: 'keep' },
          loud: { target: 'b', actions: 'speak' },
        },
      },
      b: { entry: 'bye' },
    },
  });
  const take = (event: string) => root.states['a']?.transitions.get(event) ?? [];

  test.each([
    ['both', ['speak', 'bye'], ['keep', 'speak', 'keepMore', 'bye']],
    ['both', ['leave', 'speak', 'bye'], ['leave', 'keep', 'speak', 'keepMore', 'bye']],
    ['only', ['bye'], ['keep', 'bye']],
    ['only', [], ['keep']],
    ['loud', ['speak', 'bye'], ['speak', 'bye']],
    // Seen from the middle on.
    ['both', ['bye'], ['keep', 'keepMore', 'bye']],
  ])('of %s that ran %j are %j', (event, ran, names) => {
    expect(nameActions(take(event), ran)).toEqual(names);
  });
});

test('a transition is told with what was taken, what ran, and where that led', async () => {
  const { connect, watch, flush } = createWatchHarness();
  const client = connect();
  client.send(join('room1'));
  await settle();
  const { page } = watch({ kind: 'membership', id: 'c1@room1' });
  client.send(leave('room1'));
  await settle();
  flush();
  expect(page.transitionsOf('c1@room1')).toEqual([
    {
      type: 'transition',
      at: 0,
      seq: 1,
      actor: { kind: 'membership', id: 'c1@room1' },
      event: { type: 'membership.leave', data: { fields: ['type', 'reason'] } },
      source: { kind: 'room', id: 'room1' },
      taken: ['joined|membership.leave|0'],
      actions: ['noteReason', 'letOut', 'recordLeave'],
      states: ['leaving.recording'],
    },
    {
      type: 'transition',
      at: 0,
      seq: 5,
      actor: { kind: 'membership', id: 'c1@room1' },
      event: { type: 'membership.recorded', data: { fields: ['type'] } },
      source: { kind: 'room', id: 'room1' },
      taken: [
        'leaving.recording|membership.recorded|0',
        'left.parting||1',
        'left|xstate.done.state.membership.left|0',
      ],
      actions: ['tellLeft'],
      states: ['gone'],
    },
  ]);
});

test('an event that is ignored takes nothing', () => {
  const { connect, watch, flush } = createWatchHarness();
  const client = connect();
  const { page } = watch({ kind: 'connection', id: 'c1' });
  client.actor?.send({ type: 'command.settled' });
  flush();
  expect(page.transitionsOf('c1')).toMatchObject([
    { event: { type: 'command.settled' }, taken: [], actions: [] },
  ]);
  expect(page.items[0]).not.toHaveProperty('states');
});

test('a membership whose leave is not recorded continues by itself', async () => {
  const { connect, watch, flush } = createWatchHarness();
  const client = connect('ann');
  client.send(join('room1'));
  await settle();
  const { page } = watch({ kind: 'room', id: 'room1' }, true);
  client.actor?.send({ type: 'server.draining' });
  await settle();
  flush();
  expect(page.story()).toContain('server -> c1: server.draining');
  expect(page.story()).toContain('c1@room1 -> c1@room1: membership.recorded');
});

test('an event that waits for a busy actor is told in its turn, with its own sender', async () => {
  const { connect, watch, flush } = createWatchHarness();
  const [ann, bob] = [connect(), connect()];
  ann.send(join('room1'));
  bob.send(join('room1'));
  await settle();
  flush();
  const { page } = watch({ kind: 'room', id: 'room1' }, true);
  ann.send(leave('room1'));
  bob.send(leave('room1'));
  flush();
  expect(page.story().filter((line) => line.includes('-> room1'))).toEqual([
    'c1 -> room1: room.leave',
    'c1@room1 -> room1: member.leaving',
    'c1@room1 -> room1: member.recording',
    'c1@room1 -> room1: member.left',
    'c2 -> room1: room.leave',
    'c2@room1 -> room1: member.leaving',
    'c2@room1 -> room1: member.recording',
    'c2@room1 -> room1: member.left',
  ]);
});

test('an actor that is attached while it is working is told from there on, with events that were sent before', () => {
  let page = new FakePage();
  const harness = createWatchHarness({
    machines: {
      connection: connectionMachine.provide({
        actions: {
          replyRefused: ({ self }) => {
            self.send(ping);
            page = harness.watch({ kind: 'connection', id: 'c1' }).page;
            self.send({ type: 'command.unknown' });
          },
        },
      }),
    },
  });
  const { connect, flush, watcher } = harness;
  const client = connect();
  client.send({ type: 'command.malformed', refusal: createRefusal('badRequest') });
  client.send(ping);
  flush();
  expect(page.story()).toEqual([
    'socket -> c1: command.malformed',
    // It came from the connection itself, before anybody watched.
    'socket -> c1: ping',
    'c1 => socket: replyPong',
    'c1 -> c1: command.unknown',
    'c1 => socket: replyUnknown',
    'socket -> c1: ping',
    'c1 => socket: replyPong',
  ]);
  expect([...watcher.watched]).toEqual([client.actor]);
});

test("an actor is watched from its beginning with XState's development build too, which reads no snapshot then", async () => {
  const read = vi.spyOn(Actor.prototype, 'getSnapshot');
  onTestFinished(() => read.mockRestore());
  read.mockImplementation(function getSnapshot(this: Actor<AnyActorLogic>) {
    const { _snapshot: snapshot } = this as unknown as { readonly _snapshot?: AnyMachineSnapshot };
    if (snapshot === undefined) throw new Error("Snapshot can't be read while the actor initializes itself");
    return snapshot;
  });
  const { connect, watch, flush, errors } = createWatchHarness();
  const client = connect();
  client.send(join('room1'));
  await settle();
  const { page } = watch({ kind: 'room', id: 'room1' }, true);
  client.send(leave('room1'));
  await settle();
  flush();
  expect(errors).toEqual([]);
  expect(page.story()).toContain('c1@room1 -> room1: member.left');
});
