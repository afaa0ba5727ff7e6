import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { describe, expect, test } from 'vitest';
import {
  call,
  createHarness,
  join,
  leave,
  ping,
  publish,
  settle,
  type FakeClient,
} from '../../actors/actor-harness.ts';
import { MACHINES, type Machines } from '../../actors/machines.ts';
import { createRefusal } from '../../protocol/errors.ts';
import type { MachineName, Party } from '../feed/feed-protocol.ts';
import { isSame } from './event-source.ts';
import { INVOKED, USES, usesOf, type Scene } from './outside.ts';

const machines = Object.entries(MACHINES) as [MachineName, AnyStateMachine][];

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

describe.each(machines)('of the machine %s', (kind, machine: AnyStateMachine) => {
  test('every action in the table of what is used outside is one of its actions', () => {
    expect(Object.keys(machine.implementations.actions)).toEqual(
      expect.arrayContaining(Object.keys(USES[kind])),
    );
  });

  test('every actor that it invokes stands for somebody', () => {
    expect(Object.keys(INVOKED[kind]).sort()).toEqual(Object.keys(machine.implementations.actors).sort());
  });

  test('assignments stand in transitions, and no state has actions for its exit', () => {
    const isAssignment = (action: unknown): boolean =>
      (machine.implementations.actions[action as string] as { type?: string } | undefined)?.type ===
      'xstate.assign';
    for (const { entry, exit } of nodesOf(machine.root)) {
      expect(entry.filter(isAssignment)).toEqual([]);
      expect(exit.filter((action) => typeof action === 'string')).toEqual([]);
    }
  });

  // XState tells of all transitions that an event enables, and of conflicting ones takes only the first.
  test('an event that ends a parallel state is taken by one of its regions', () => {
    for (const node of nodesOf(machine.root).filter(({ type }) => type === 'parallel')) {
      const taken = Object.values(node.states).map((region) => eventsOf(region));
      const leaving = Object.values(node.states).flatMap((region) =>
        nodesOf(region)
          .flatMap(({ transitions }) => [...transitions.values()].flat())
          .filter(({ target }) => target?.some((state) => !isWithin(state, node)))
          .map(({ eventType }) => eventType),
      );
      for (const event of leaving) expect(taken.filter((events) => events.has(event))).toHaveLength(1);
    }
  });
});

function eventsOf(node: AnyStateNode): Set<string> {
  return new Set(nodesOf(node).flatMap(({ transitions }) => [...transitions.keys()]));
}

function isWithin(node: AnyStateNode, ancestor: AnyStateNode): boolean {
  return node === ancestor || (node.parent !== undefined && isWithin(node.parent, ancestor));
}

/** An action that runs, and whom it speaks to by the table. */
interface Running {
  readonly kind: MachineName;
  readonly action: string;
  readonly to: readonly Party[];
}

/** Machines whose actions say that they run. */
function instrument(running: Running[]): Machines {
  const copies = machines.map(([kind, machine]) => {
    const actions = Object.entries(machine.implementations.actions)
      // Assignments are not called but resolved.
      .filter(([, action]) => !('resolve' in (action as object)))
      .map(([action, run]) => [
        action,
        (scene: Scene, params: unknown) => {
          running.push({ kind, action, to: usesOf(kind, action, scene) });
          try {
            (run as (scene: unknown, params: unknown) => void)(scene, params);
          } finally {
            running.pop();
          }
        },
      ]);
    return [kind, machine.provide({ actions: Object.fromEntries(actions) })];
  });
  return Object.fromEntries(copies) as Machines;
}

describe('the table of what is used outside', () => {
  test('names the ports that actions use', async () => {
    const running: Running[] = [];
    const uses = new Set<string>();
    const harness = createHarness({
      machines: instrument(running),
      allowed: ['hello.sayHello'],
      roomsPerConnection: 2,
      limits: { capacity: 3, messagesPerSecond: 8 },
      rpc: {
        call: async (method) => {
          use('rpc', { kind: 'tarsProxy', id: method.split('.')[0] ?? '' });
          return { type: 'result', result: 'hi' };
        },
      },
      handlers: {
        onMessage: ({ data }) => {
          if (data === 'answer') return { type: 'answer', data: 'no' };
          return undefined;
        },
      },
    });

    function use(port: string, party: Party): void {
      const innermost = running.at(-1);
      // What comes later, by a promise, is not the action's any more.
      if (innermost === undefined) return;
      const { kind, action, to } = innermost;
      const isNamed = to.some((other) => isSame(other, party));
      uses.add(`${kind}.${action} uses ${port}${isNamed ? '' : ', which is not in the table'}`);
    }

    function connect(): FakeClient {
      const client = harness.connect();
      for (const method of ['reply', 'push', 'subscribe', 'unsubscribe', 'close'] as const) {
        const original = client[method].bind(client) as (...args: unknown[]) => void;
        client[method] = (...args: unknown[]) => {
          use(method, { outside: 'socket' });
          original(...args);
        };
      }
      return client;
    }

    // The harness itself plays the server, which says what is said to everybody.
    const broadcast = harness.rooms.broadcast.bind(harness.rooms);
    harness.rooms.broadcast = (data, publisher) => {
      const event = { type: 'server.broadcast', data, publisher };
      const to = usesOf('server', 'broadcast', { context: undefined, event });
      running.push({ kind: 'server', action: 'broadcast', to });
      broadcast(data, publisher);
      running.pop();
    };

    const [ann, bob, cid, dan] = [connect(), connect(), connect(), connect()];
    for (const client of [ann, bob, cid, dan]) client.send(join('room1'));
    await settle();
    ann.send(
      ping,
      { type: 'command.unknown' },
      { type: 'command.malformed', refusal: { error: 'badRequest', message: 'no' } },
      publish('room1', 'hi'),
      publish('room1', 'answer'),
      call('hello.sayHello'),
      call('hello.sayHello'),
      call('hello.sayHello'),
      call('hello.forbidden'),
      { type: 'server.broadcast', data: 'all' },
      leave(''),
      leave('room9'),
      join('room2'),
      join('room3'),
    );
    await settle();
    harness.directory.rooms.get('room1')?.send({ type: 'room.mute' }, 'library');
    bob.send(publish('room1', 'muted'));
    await settle();
    harness.directory.rooms.get('room1')?.send({ type: 'room.unmute' }, 'library');
    for (let count = 0; count < 12; count += 1) bob.send(publish('room1', count));
    await settle();
    harness.directory.rooms
      .get('room1')
      ?.send({ type: 'room.kick', id: cid.id, refusal: createRefusal('permissionDenied', 'out') }, 'library');
    bob.send(leave('room1'));
    await settle();
    ann.actor?.send({ type: 'server.disconnect' });
    bob.actor?.send({ type: 'socket.overflowed' });
    dan.lose();
    await settle();
    expect([...uses].sort()).toEqual([
      'connection.answerCall uses reply',
      'connection.answerJoined uses reply',
      'connection.answerLeft uses reply',
      'connection.answerRefused uses reply',
      'connection.close uses close',
      'connection.refuseMoreCalls uses reply',
      'connection.refuseMoreRooms uses reply',
      'connection.refuseName uses reply',
      'connection.replyNotMember uses reply',
      'connection.replyPong uses reply',
      'connection.replyRefused uses reply',
      'connection.replyUnknown uses reply',
      'connection.tellPutOut uses push',
      'membership.letIn uses subscribe',
      'membership.letOut uses unsubscribe',
      'moderation.settle uses reply',
      'room.delegate uses rpc',
      'room.publish uses reply',
      'room.refuseMuted uses reply',
      'room.refuseThrottled uses reply',
      'server.broadcast uses reply',
    ]);
  });
});
