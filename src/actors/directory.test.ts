import { describe, expect, test } from 'vitest';
import type { AnyActorRef, AnyStateNode } from 'xstate';
import { createHarness, join, leave, publish, settle, until, type HarnessOptions } from './actor-harness.ts';
import { connectionMachine } from './connection/connection.ts';
import { NO_OBSERVER } from './runtime/live-machine.ts';
import { roomMachine } from './room/room.ts';

/** A harness that keeps all memberships as they are made. */
function createMembershipHarness(options: HarnessOptions) {
  const memberships: AnyActorRef[] = [];
  const harness = createHarness({
    ...options,
    observer: {
      ...NO_OBSERVER,
      made: (kind, actor) => void (kind === 'membership' && memberships.push(actor)),
    },
  });
  return { ...harness, memberships };
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...(Object.values(node.states) as AnyStateNode[]).flatMap(nodesOf)];
}

test('connections share a system: they have neither timers nor actors that they invoke', () => {
  const { connect, directory } = createHarness();
  const { system } = directory.system.parent;
  expect([connect(), connect()].map(({ actor }) => actor?.system === system)).toEqual([true, true]);
  const nodes = nodesOf(connectionMachine.root as AnyStateNode);
  expect(nodes.flatMap(({ after, invoke }) => [...after, ...invoke])).toEqual([]);
});

test.each([
  ['shared with the connections', 'without handlers', {}, true],
  ['its own', 'that may wait for a handler of joins', { onJoin: async () => {} }, false],
  ['its own', 'that may wait for a handler of leaves', { onLeave: async () => {} }, false],
])('the system is %s of a membership %s', async (_, __, handlers, isShared) => {
  const { connect, directory, memberships } = createMembershipHarness({ handlers });
  const client = connect();
  client.send(join('room1'));
  await until(() => client.frames.length === 1);
  await settle();
  client.send(leave('room1'));
  await until(() => client.frames.length === 2);
  const systems = memberships.map(({ system }) => system);
  const shared = directory.system.parent.system;
  expect(systems.map((system) => system === shared)).toEqual([isShared, isShared]);
  expect(new Set(systems).size).toBe(isShared ? 1 : 2);
});

describe('a membership that is under way when its room is given up is stopped', () => {
  const machine = roomMachine.provide({
    actions: {
      publish: () => {
        throw new Error('out of order');
      },
    },
  });

  test.each([
    ['of the shared system', {}],
    ['of a system of its own', { onLeave: async () => {} }],
  ])('%s', async (_, handlers) => {
    const { connect, memberships, store, clock, directory } = createMembershipHarness({
      durability: 'strict',
      handlers,
      machines: { room: machine },
    });
    const [joining, other] = [connect(), connect()];
    joining.send(join('room1'));
    await settle();
    const [membership] = memberships;
    expect(membership?.getSnapshot()).toMatchObject({ value: { requesting: 'recording' } });
    store.hold();
    for (let failure = 0; failure < 6; failure += 1) {
      other.send(publish('room1', 'boom'));
      clock.increment(2_000);
      await settle();
    }
    expect(directory.rooms.size).toBe(0);
    expect(membership?.getSnapshot().status).toBe('stopped');
    expect(joining.frames).toMatchObject([{ type: 'refused', refusal: { error: 'internal' } }]);
    membership?.send({ type: 'membership.recorded' });
    store.release();
    await settle();
    expect(joining.frames).toHaveLength(1);
  });
});
