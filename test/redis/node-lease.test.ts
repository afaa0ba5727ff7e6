import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { NodeLease } from '../../src/redis/node-lease.ts';
import { RedisDownError } from '../../src/redis/redis.ts';
import { FakeClock } from '../../src/system/clock-harness.ts';
import { CutRedis } from '../support/redis-nodes.ts';
import { describeWithRedis } from '../support/redis.ts';

const LIFE_MS = 9_000;

describeWithRedis('the lease of a node', (server) => {
  let ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends) await end();
    ends = [];
  });

  /** Nodes with one clock of their own. That of Redis is moved by moving the ends of leases. */
  function createNodes() {
    const keys = new RedisKeys(randomUUID());
    const clock = new FakeClock();
    return {
      clock,
      keys,
      async start(node: string) {
        const redis = new CutRedis(await connectDirectly(server().url));
        const told: string[] = [];
        const lease = new NodeLease({ redis, keys, node, clock });
        lease.add({
          onRooms: (rooms) => told.push(`rooms ${rooms.toSorted().join(' ')}`),
          onLost: () => told.push('lost'),
          onEmptied: () => told.push('emptied'),
        });
        ends.push(async () => {
          await lease.end().catch(() => undefined);
          await redis.close();
        });
        await lease.begin();
        return { redis, lease, told };
      },
      /** Lets a lease run out. */
      runOut: (lease: string) => server().command('ZINCRBY', keys.nodes, String(-2 * LIFE_MS), lease),
    };
  }

  /** Beats until it may end others, which it may when Redis was there for a whole life. */
  async function settle({ lease }: { lease: NodeLease }): Promise<void> {
    for (let beat = 0; beat < 4; beat += 1) await lease.beat();
  }

  test('is not believed when it was not renewed for its life, and is so again after a beat', async () => {
    const nodes = createNodes();
    const { lease, redis } = await nodes.start('a');
    const { id } = lease;
    expect(id).toBe('1:a');
    redis.isCut = true;
    nodes.clock.increment(LIFE_MS - 1);
    expect(lease.id).toBe(id);
    nodes.clock.increment(1);
    expect(() => lease.id).toThrow(RedisDownError);
    await expect(lease.beat()).rejects.toThrow('cut off');
    redis.mend();
    await lease.beat();
    expect(lease.id).toBe(id);
  });

  test('that has run out and was taken by nobody goes on', async () => {
    const nodes = createNodes();
    const one = await nodes.start('a');
    const { id } = one.lease;
    await nodes.runOut(id);
    await one.lease.beat();
    expect([one.lease.id, one.told]).toEqual([id, []]);
  });

  test('that has run out is ended by one of the others, which has its rooms; the node gets another one', async () => {
    const nodes = createNodes();
    const [late, one, two] = [await nodes.start('late'), await nodes.start('a'), await nodes.start('b')];
    for (const { lease } of [one, two]) lease.takeRooms();
    await late.lease.enter('r1');
    await late.lease.enter('r2');
    await late.lease.enter('left');
    late.lease.leave('left');
    await Promise.all([settle(one), settle(two)]);
    expect([one.told, two.told]).toEqual([[], []]);
    await nodes.runOut(late.lease.id);
    await Promise.all([one.lease.beat(), two.lease.beat()]);
    expect([...one.told, ...two.told]).toEqual(['rooms r1 r2']);
    const lost = late.lease.id;
    await late.lease.beat();
    expect(late.told).toEqual(['lost']);
    expect(late.lease.id).not.toBe(lost);
    expect(late.lease.hasRoom('r1')).toBe(false);
    const { living } = late.lease.leases;
    expect(living.toSorted()).toEqual([one, two, late].map(({ lease }) => lease.id).toSorted());
  });

  test('is not ended by a node that has not reached Redis all the time either', async () => {
    const nodes = createNodes();
    const [late, one] = [await nodes.start('late'), await nodes.start('a')];
    one.lease.takeRooms();
    await late.lease.enter('r');
    await settle(one);
    for (const { lease } of [late, one]) await nodes.runOut(lease.id);
    await one.lease.beat();
    await one.lease.beat();
    await late.lease.beat();
    await settle(one);
    expect([late.told, one.told]).toEqual([[], []]);
  });

  test('that ends gives its rooms to a node that hears of it, or to the next that starts', async () => {
    const nodes = createNodes();
    const [first, second] = [await nodes.start('a'), await nodes.start('b')];
    second.lease.takeRooms();
    await expect
      .poll(() => server().command('PUBSUB', 'NUMSUB', nodes.keys.ended))
      .toEqual([nodes.keys.ended, 1]);
    await first.lease.enter('r');
    await first.lease.end();
    await expect.poll(() => second.told).toEqual(['rooms r']);
    await second.lease.end();
    expect((await nodes.start('c')).told).toEqual(['rooms r']);
  });

  test('takes up rooms again whose names were lost on the way', async () => {
    const nodes = createNodes();
    const [first, second] = [await nodes.start('a'), await nodes.start('b')];
    await first.lease.enter('r');
    await first.lease.end();
    const run = second.redis.run.bind(second.redis);
    second.redis.run = async (...call) => {
      await run(...call);
      throw new Error('the answer is lost');
    };
    await expect(second.lease.takeRoomsNow()).rejects.toThrow('lost');
    second.redis.run = run;
    await second.lease.beat();
    expect(second.told).toEqual(['rooms r']);
    await second.lease.beat();
    expect(second.told).toEqual(['rooms r']);
  });

  test('is another one when Redis has lost everything', async () => {
    const nodes = createNodes();
    const one = await nodes.start('a');
    await one.lease.enter('r');
    await server().command('FLUSHALL');
    await one.lease.beat();
    expect([one.told, one.lease.hasRoom('r'), one.lease.id]).toEqual([['emptied'], false, '1:a']);
  });
});
