import { describe, expect, test } from 'vitest';
import { createMemoryBroker } from '../../../broker/memory-broker.ts';
import type { Broker } from '../../../broker/broker.ts';
import { createMemoryPresence } from '../../../broker/presence/memory-presence.ts';
import type { Presence } from '../../../broker/presence/presence.ts';
import { createHarness, join, leave, publish, settle, until } from '../../actor-harness.ts';
import { SERVER } from '../../runtime/sender.ts';

/** Calls that wait until a test lets them go on. */
class Gate {
  readonly calls: string[] = [];
  #waiting: { go: () => void; fail: (error: Error) => void }[] = [];

  async pass(call: string): Promise<void> {
    this.calls.push(call);
    await new Promise<void>((go, fail) => this.#waiting.push({ go, fail }));
  }

  open(): void {
    for (const { go } of this.#waiting.splice(0)) go();
  }

  fail(): void {
    for (const { fail } of this.#waiting.splice(0)) fail(new Error('the part is out of order'));
  }
}

/** A broker on another machine: what it is asked takes time. */
function createSlowBroker(gate: Gate, slow: readonly ('publish' | 'subscribe' | 'unsubscribe')[]): Broker {
  const broker = createMemoryBroker({ newEpoch: () => 'epoch' });
  return {
    attach: (listener) => broker.attach(listener),
    publish: (room, data, options) =>
      slow.includes('publish')
        ? gate.pass(`publish in ${room}`).then(() => broker.publish(room, data, options))
        : broker.publish(room, data, options),
    history: (room, query) => broker.history(room, query),
    removeHistory: (room) => broker.removeHistory(room),
    position: (room) => broker.position(room),
    subscribe: (room) =>
      slow.includes('subscribe')
        ? gate.pass(`subscribe ${room}`).then(() => broker.subscribe(room))
        : broker.subscribe(room),
    unsubscribe: (room) =>
      slow.includes('unsubscribe')
        ? gate.pass(`unsubscribe ${room}`).then(() => broker.unsubscribe(room))
        : broker.unsubscribe(room),
    join: (room, member) => broker.join(room, member),
    leave: (room, member) => broker.leave(room, member),
    broadcast: (data, from) => broker.broadcast(data, from),
    close: () => broker.close(),
  };
}

function createSlowPresence(gate: Gate): Presence {
  const presence = createMemoryPresence();
  const noop = (): void => undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    add(room, member, capacity) {
      const added = gate.pass(`add ${member.id}`).then(() => presence.add(room, member, capacity));
      last = added;
      return added;
    },
    // In the order of the calls, whatever becomes of those before.
    remove(room, id) {
      const removed = last.then(noop, noop).then(() => presence.remove(room, id));
      last = removed;
      return removed;
    },
    refresh: (room, members) => presence.refresh(room, members),
    list: async (room) => presence.list(room),
    stats: async (room) => presence.stats(room),
    close() {},
  };
}

const JOINED = { type: 'joined', room: 'room1' };
const REFUSED = { type: 'refused', refusal: { error: 'internal' } };

describe('a broker that takes time to subscribe', () => {
  test('is waited for by all joins that come meanwhile, and asked once', async () => {
    const gate = new Gate();
    const { connect, directory, stateOf } = createHarness({ broker: createSlowBroker(gate, ['subscribe']) });
    const [first, second] = [connect(), connect()];
    first.send(join('room1'));
    second.send(join('room1'));
    await settle();
    expect([gate.calls, first.frames, second.frames]).toEqual([['subscribe room1'], [], []]);
    const states = [...directory.rooms.get('room1')!.record.roster.awake.values()].map(
      ({ ref }) => ref?.getSnapshot().value,
    );
    expect(states).toEqual([{ requesting: 'subscribing' }, { requesting: 'subscribing' }]);
    gate.open();
    await until(() => second.frames.length > 0);
    expect([first.frames, second.frames]).toEqual([[JOINED], [JOINED]]);
    const third = connect();
    third.send(join('room1'));
    expect(third.frames).toEqual([JOINED]);
    expect(gate.calls).toHaveLength(1);
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: 'occupied' } });
  });

  test('and fails refuses the join, and is asked again by the next one', async () => {
    const gate = new Gate();
    const { connect, rooms, toldOf, stateOf } = createHarness({
      broker: createSlowBroker(gate, ['subscribe']),
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    gate.fail();
    await until(() => client.frames.length > 0);
    expect(client.frames).toMatchObject([REFUSED]);
    expect(toldOf('part.failed')).toMatchObject([{ part: 'broker', room: 'room1' }]);
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: { empty: 'lingering' } } });
    expect(await rooms.members('room1')).toEqual([]);
    client.send(join('room1'));
    await settle();
    expect(gate.calls).toEqual(['subscribe room1', 'subscribe room1']);
    gate.open();
    await until(() => client.frames.length === 2);
    expect(client.frames[1]).toEqual(JOINED);
  });

  test('and never answers refuses the join after a while', async () => {
    const { connect, clock, toldOf } = createHarness({
      broker: createSlowBroker(new Gate(), ['subscribe']),
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    clock.increment(10_000);
    await until(() => client.frames.length > 0);
    expect(client.frames).toMatchObject([REFUSED]);
    expect(toldOf('part.failed')).toHaveLength(1);
  });

  test('is told when the only one who wanted to join goes meanwhile', async () => {
    const gate = new Gate();
    const { connect, stateOf, toldOf } = createHarness({
      broker: createSlowBroker(gate, ['subscribe', 'unsubscribe']),
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    client.lose();
    await settle();
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: { empty: 'lingering' } } });
    expect(gate.calls).toEqual(['subscribe room1', 'unsubscribe room1']);
    gate.open();
    await settle();
    expect(toldOf('part.failed')).toEqual([]);
  });

  test('is waited for after the handler, too', async () => {
    const gate = new Gate();
    const { connect } = createHarness({
      broker: createSlowBroker(gate, ['subscribe']),
      handlers: { onJoin: async () => undefined },
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    expect(client.frames).toEqual([]);
    gate.open();
    await until(() => client.frames.length > 0);
    expect(client.frames).toEqual([JOINED]);
  });
});

describe('a broker that takes time to publish', () => {
  test('is waited for by the publisher, and a refusal of it is one', async () => {
    const gate = new Gate();
    const { connect, toldOf } = createHarness({ broker: createSlowBroker(gate, ['publish']) });
    const client = connect();
    client.send(join('room1'));
    await until(() => client.frames.length > 0);
    client.send(publish('room1', 'a'));
    await settle();
    expect(client.frames).toEqual([JOINED]);
    gate.open();
    await until(() => client.frames.length === 3);
    expect(client.frames.slice(1)).toEqual(['a', { type: 'published' }]);
    expect(toldOf('message.published')).toEqual([
      { room: 'room1', data: 'a', offset: 1, epoch: 'epoch', from: { id: 'c1' } },
    ]);
    client.send(publish('room1', 'b'));
    await settle();
    gate.fail();
    await until(() => client.frames.length === 4);
    expect(client.frames[3]).toMatchObject(REFUSED);
    expect(toldOf('message.failed')).toHaveLength(1);
  });
});

test.each(['at once', 'later'])(
  'a room that is full on all nodes together refuses, when the presence says so %s',
  async (when) => {
    const gate = new Gate();
    const presence = when === 'later' ? createSlowPresence(gate) : createMemoryPresence();
    void presence.add('room1', { id: 'elsewhere', joinedAt: 1 });
    gate.open();
    const { connect, rooms, store, toldOf, clock } = createHarness({
      presence,
      limits: { capacity: 2 },
    });
    const [first, second] = [connect(), connect()];
    first.send(join('room1'));
    await settle();
    gate.open();
    await until(() => first.frames.length > 0);
    second.send(join('room1'));
    await settle();
    gate.open();
    await until(() => second.frames.length > 0);
    // The seat that is left on this node is taken on another one.
    const full = { type: 'refused', refusal: { error: 'limitExceeded', message: 'room1 is full' } };
    expect([first.frames, second.frames[0]]).toMatchObject([[JOINED], full]);
    expect(await rooms.members('room1')).toHaveLength(2);
    expect(toldOf('member.refused')).toHaveLength(1);
    await until(() => {
      clock.increment(100);
      return store.idsOf('room1').length === 1;
    });
  },
);

describe('a presence that takes time', () => {
  test('lists a member before it is told that it has joined', async () => {
    const gate = new Gate();
    const { connect, rooms, directory } = createHarness({ presence: createSlowPresence(gate) });
    const client = connect('ann');
    client.send(join('room1'));
    await settle();
    expect([gate.calls, client.frames, client.subscribed.size]).toEqual([['add c1'], [], 0]);
    const awake = directory.rooms.get('room1')!.record.roster.awake.get('c1');
    expect(awake?.ref?.getSnapshot().value).toEqual({ requesting: 'listing' });
    gate.open();
    await until(() => client.frames.length > 0);
    expect(client.frames).toEqual([JOINED]);
    expect(await rooms.members('room1')).toMatchObject([{ id: 'c1', user: 'ann', state: 'joined' }]);
    client.send(leave('room1'));
    await settle();
    expect(await rooms.members('room1')).toEqual([]);
  });

  test.each(['relaxed', 'strict'] as const)(
    'and fails refuses a %s join and takes its record back',
    async (durability) => {
      const gate = new Gate();
      const { connect, store, clock } = createHarness({ presence: createSlowPresence(gate), durability });
      const client = connect();
      client.send(join('room1'));
      await until(() => {
        clock.increment(50);
        return gate.calls.length === 1;
      });
      gate.fail();
      await until(() => {
        clock.increment(50);
        return client.frames.length > 0 && store.writes.length > 0;
      });
      expect(client.frames).toMatchObject([REFUSED]);
      await until(() => {
        clock.increment(50);
        return store.idsOf('room1').length === 0;
      });
    },
  );

  test('has nobody of a connection that went meanwhile', async () => {
    const gate = new Gate();
    const { connect, rooms, stateOf, clock, store } = createHarness({ presence: createSlowPresence(gate) });
    const client = connect();
    client.send(join('room1'));
    await settle();
    client.lose();
    gate.open();
    await settle();
    clock.increment(50);
    await settle();
    expect(await rooms.members('room1')).toEqual([]);
    expect(store.idsOf('room1')).toEqual([]);
    expect(stateOf('room1')).toMatchObject({ active: { occupancy: { empty: 'lingering' } } });
  });

  test('and throws is one failed join', async () => {
    const presence = createMemoryPresence();
    presence.add = () => {
      throw new Error('no');
    };
    const { connect, toldOf } = createHarness({ presence });
    const client = connect();
    client.send(join('room1'));
    await until(() => client.frames.length > 0);
    expect(client.frames).toMatchObject([REFUSED]);
    expect(toldOf('room.failed')).toEqual([]);
  });
});

describe('a stream', () => {
  test('goes on where it was when its room has been out of memory', async () => {
    const { connect, clock, directory, toldOf } = createHarness();
    const client = connect();
    for (const data of ['a', 'b']) {
      client.send(join('room1'));
      await until(() => client.frames.length > 0);
      client.send(publish('room1', data), leave('room1'));
      client.frames.length = 0;
      await until(() => {
        clock.increment(10_000);
        return directory.rooms.size === 0;
      });
    }
    expect(toldOf('message.published')).toMatchObject([
      { data: 'a', offset: 1, epoch: 'epoch' },
      { data: 'b', offset: 2, epoch: 'epoch' },
    ]);
  });
});

describe('a room that closes', () => {
  test('refuses joins that its handler has yet to decide on', async () => {
    const decisions: (() => void)[] = [];
    const { connect, directory, toldOf } = createHarness({
      handlers: { onJoin: () => new Promise<void>((resolve) => void decisions.push(resolve)) },
    });
    const client = connect();
    client.send(join('room1'));
    await until(() => decisions.length === 1);
    directory.rooms.get('room1')?.send({ type: 'room.close' }, SERVER);
    await until(() => directory.rooms.size === 0);
    decisions[0]?.();
    await settle();
    expect(client.frames).toMatchObject([{ type: 'refused', refusal: { error: 'notAvailable' } }]);
    expect(toldOf('member.joined')).toEqual([]);
  });

  test('refuses joins that the store has yet to record', async () => {
    const { connect, directory, store, clock, toldOf } = createHarness({ durability: 'strict' });
    const client = connect();
    client.send(join('room1'));
    await settle();
    store.hold();
    clock.increment(1);
    await until(() => store.writes.length === 1);
    directory.rooms.get('room1')?.send({ type: 'room.close' }, SERVER);
    store.release();
    await until(() => {
      clock.increment(100);
      return directory.rooms.size === 0;
    });
    expect(client.frames).toMatchObject([{ type: 'refused', refusal: { error: 'notAvailable' } }]);
    expect(toldOf('member.joined')).toEqual([]);
    expect(store.idsOf('room1')).toEqual([]);
  });

  test('answers who waits for a store that never answers', async () => {
    const { connect, directory, store, clock } = createHarness({ durability: 'strict' });
    const [member, joiner] = [connect(), connect()];
    member.send(join('room1'));
    await until(() => {
      clock.increment(1);
      return member.frames.length > 0;
    });
    store.hold();
    member.send(leave('room1'));
    joiner.send(join('room1'));
    await settle();
    directory.rooms.get('room1')?.send({ type: 'room.close' }, SERVER);
    clock.increment(5_000);
    await until(() => member.frames.length === 2 && joiner.frames.length === 1);
    expect(directory.rooms.size).toBe(0);
    expect(member.frames[1]).toEqual({ type: 'left', room: 'room1' });
    expect(joiner.frames).toMatchObject([{ type: 'refused' }]);
  });
});
