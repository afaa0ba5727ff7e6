import { describe, expect, test } from 'vitest';
import { describeControl } from '../../src/broker/control/control-contract.ts';
import type { Control, Order } from '../../src/broker/control/control.ts';
import { CONTROL_SCRIPTS, createRedisControl } from '../../src/broker/control/redis-control.ts';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import type { Redis, Restored } from '../../src/redis/redis.ts';
import { systemClock, type Clock } from '../../src/system/clock.ts';
import { eventually } from '../../src/system/test-framework.ts';
import { describeWithRedis, type RedisServer } from '../support/redis.ts';

let places = 0;

/** Nodes on one Redis, each with a connection of its own. */
function createPlace(redis: RedisServer) {
  places += 1;
  const keys = new RedisKeys(`control${places}`);
  const nodes = new Set<string>();
  const faults: string[] = [];
  const connections: Redis[] = [];
  async function connect(
    change: (own: Redis) => Redis = (own) => own,
    clock: Clock = systemClock,
  ): Promise<Control> {
    let id = '';
    const connection = await connectDirectly(redis.url, CONTROL_SCRIPTS);
    connections.push(connection);
    const control = createRedisControl({
      redis: change(connection),
      keys,
      livingNodes: async () => [...nodes],
      clock,
      onFault: (error) => faults.push(`${id}: ${error.message}`),
    });
    return {
      attach(node) {
        ({ id } = node);
        control.attach(node);
      },
      async open() {
        await control.open?.();
        nodes.add(id);
      },
      order: (order, node) => control.order(order, node),
      survey: (question, deadlineMs) => control.survey(question, deadlineMs),
      close() {
        nodes.delete(id);
        return control.close();
      },
    };
  }
  const dispose = async () => void (await Promise.all(connections.map(async (one) => one.close())));
  return { keys, nodes, faults, connect, dispose };
}

const muting = (room: string): Order => ({ type: 'mute', room });

describeWithRedis('a control in Redis', (redis) => {
  describeControl(
    { describe, test },
    { name: 'the control in Redis', createPlace: async () => createPlace(redis()) },
  );

  /** A node that can be made deaf: it hears nothing until it is told that its connections were restored. */
  async function connectDeaf(place: ReturnType<typeof createPlace>, id: string) {
    const orders: Order[] = [];
    let isDeaf = false;
    let tellRestored: ((restored: Restored) => void) | undefined;
    const control = await place.connect((own) => ({
      ...own,
      subscribe: (channel, listener) =>
        own.subscribe(channel, (message) => {
          if (!isDeaf) listener(message);
        }),
      onRestored(listener) {
        tellRestored = listener;
        return () => undefined;
      },
    }));
    control.attach({ id, obey: (order) => orders.push(order) > 0, answer: () => null });
    await control.open?.();
    return {
      control,
      orders,
      setDeaf: (deaf: boolean) => {
        isDeaf = deaf;
      },
      restore: () => tellRestored?.({ affects: () => true }),
    };
  }

  async function visit(body: (place: ReturnType<typeof createPlace>) => Promise<void>): Promise<void> {
    const place = createPlace(redis());
    try {
      await body(place);
    } finally {
      await place.dispose();
    }
  }

  test('a node that heard nothing for a while obeys what it has missed, once and in order', () =>
    visit(async (place) => {
      const one = await connectDeaf(place, 'one');
      const two = await connectDeaf(place, 'two');
      await one.control.order(muting('r0'));
      two.setDeaf(true);
      // Nobody waits for a node that is not counted.
      place.nodes.delete('two');
      for (let index = 1; index <= 250; index += 1) await one.control.order(muting(`r${index}`));
      two.setDeaf(false);
      two.restore();
      const later = Array.from({ length: 50 }, (_, index) => muting(`later${index}`));
      await Promise.all(later.map(async (order) => one.control.order(order)));
      await eventually(() => expect(two.orders).toHaveLength(301));
      expect(two.orders).toEqual(one.orders);
    }));

  test('a node that has missed an order sees it by the next one', () =>
    visit(async (place) => {
      const one = await connectDeaf(place, 'one');
      const two = await connectDeaf(place, 'two');
      place.nodes.delete('two');
      two.setDeaf(true);
      await one.control.order(muting('a'));
      two.setDeaf(false);
      await one.control.order(muting('b'));
      await eventually(() => expect(two.orders).toEqual([muting('a'), muting('b')]));
    }));

  test('a stream that was lost begins anew, and no order of it is left out', () =>
    visit(async (place) => {
      const one = await connectDeaf(place, 'one');
      const two = await connectDeaf(place, 'two');
      await one.control.order(muting('a'));
      await redis().command('DEL', place.keys.orders);
      place.nodes.delete('two');
      two.setDeaf(true);
      await one.control.order(muting('b'));
      two.setDeaf(false);
      await one.control.order(muting('c'));
      await eventually(() => expect(two.orders).toEqual(['a', 'b', 'c'].map(muting)));
      expect(one.orders).toEqual(two.orders);
    }));

  test('orders that are not kept any more are told as missed', () =>
    visit(async (place) => {
      const one = await connectDeaf(place, 'one');
      const two = await connectDeaf(place, 'two');
      await one.control.order(muting('a'));
      place.nodes.delete('two');
      two.setDeaf(true);
      await one.control.order(muting('b'));
      await one.control.order(muting('c'));
      await redis().command('XTRIM', place.keys.orders, 'MAXLEN', '1');
      two.restore();
      await eventually(() => expect(two.orders).toEqual(['a', 'c'].map(muting)));
      expect(place.faults).toEqual(['two: this node was away too long: it has missed orders']);
    }));

  test('orders are kept for others up to 16 MB, and the oldest are given up first', () =>
    visit(async (place) => {
      const one = await connectDeaf(place, 'one');
      const give = (letter: string, mebibytes: number) =>
        one.control.order({
          type: 'tell',
          who: { user: 'ann' },
          data: letter.repeat(mebibytes * 1024 * 1024),
        });
      for (const letter of 'abcdefg') await give(letter, 3);
      await one.control.order(muting('r'));
      const [oldest] = (await redis().command('XRANGE', place.keys.orders, '-', '+')) as [string, string[]][];
      expect(oldest?.[1][5]).toContain('"data":"ccc');
      expect(await redis().command('XLEN', place.keys.orders)).toBe(6);
      await give('h', 17);
      expect(await redis().command('XLEN', place.keys.orders)).toBe(1);
      await one.control.order(muting('r'));
      expect(one.orders).toHaveLength(10);
      // One of that size is more than is kept.
      expect(await redis().command('XLEN', place.keys.orders)).toBe(1);
    }));

  test('a node that does not answer is told, and does not have it', () =>
    visit(async (place) => {
      const setTimeout = (fn: () => void, ms: number): unknown => systemClock.setTimeout(fn, ms / 5);
      const one = await place.connect((own) => own, { ...systemClock, setTimeout });
      one.attach({ id: 'one', obey: () => false, answer: () => null });
      await one.open?.();
      place.nodes.add('dead');
      expect(await one.order(muting('r'))).toBe(false);
      expect(place.faults).toEqual(['one: nodes have not said that they obey: dead']);
    }));

  test('a node that was silent once is not waited for again, until it is heard', () =>
    visit(async (place) => {
      let patience = 1 / 5;
      const setTimeout = (fn: () => void, ms: number): unknown => systemClock.setTimeout(fn, ms * patience);
      const one = await place.connect((own) => own, { ...systemClock, setTimeout });
      one.attach({ id: 'one', obey: () => false, answer: () => 'one' });
      await one.open?.();
      const two = await connectDeaf(place, 'two');
      two.setDeaf(true);
      expect(await one.order(muting('a'))).toBe(false);
      expect(place.faults).toEqual(['one: nodes have not said that they obey: two']);
      // Whoever waits now waits for longer than this test may take.
      patience = 1_000;
      expect(await one.order(muting('b'))).toBe(false);
      expect(await one.survey({ type: 'rooms' }, 1_000)).toEqual({ answers: ['one'], missing: 1 });
      two.setDeaf(false);
      two.restore();
      await eventually(() => expect(two.orders).toEqual(['a', 'b'].map(muting)));
      await eventually(async () => expect(await one.order(muting('c'))).toBe(true));
      expect(place.faults).toHaveLength(1);
    }));

  test('what a newer version says is ignored, and told once', () =>
    visit(async (place) => {
      const one = await connectDeaf(place, 'one');
      await redis().command('PUBLISH', place.keys.control, 'Zsomething');
      await redis().command('PUBLISH', place.keys.control, 'Zmore');
      await redis().command('PUBLISH', place.keys.control, 'qnothing');
      await one.control.order(muting('r'));
      expect(one.orders).toEqual([muting('r')]);
      expect(place.faults).toEqual([
        'one: this node ignores a message to all nodes that begins with "Z"',
        'one: this node ignores a message to all nodes that is no JSON',
      ]);
    }));

  test('orders fail at once where Redis cannot be reached', () =>
    visit(async (place) => {
      const one = await connectDeaf(place, 'one');
      await place.dispose();
      await expect(one.control.order(muting('r'))).rejects.toThrow('Redis');
      await expect(one.control.order(muting('r'), 'one')).rejects.toThrow('Redis');
      await expect(one.control.survey({ type: 'rooms' }, 1_000)).rejects.toThrow('Redis');
    }));
});
