import { expect, test } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { connectCentrifuge, openCentrifuge } from '../support/centrifuge-client.ts';
import { RedisNodes, type RedisNode } from '../support/redis-nodes.ts';
import { describeWithRedis } from '../support/redis.ts';

async function join(node: RedisNode, room: string, user?: string) {
  const client = await connectCentrifuge(node, user === undefined ? {} : { data: user });
  await client.subscribe(room);
  return client;
}

const statesOf = async (node: RedisNode, room: string) =>
  (await node.server.members(room)).map(({ user = 'anonymous', state }) => `${user} ${state}`).toSorted();

describeWithRedis('several nodes on one Redis', (redis) => {
  test('a dead node: its users are away, others are swept, and each leave is told once', async () => {
    const nodes = new RedisNodes(redis().url);
    const options = { rooms: { r: { joinLeave: true } } };
    const [dead, one, two] = [
      await nodes.start(options),
      await nodes.start(options),
      await nodes.start(options),
    ];
    const ann = await join(dead, 'r', 'ann');
    const nobody = await join(dead, 'r');
    const bob = await join(dead, 'r', 'bob');
    const watching = await connectCentrifuge(one, {});
    await watching.subscribe('r', { join_leave: true });
    const again = await join(two, 'r', 'bob');
    await expect.poll(async () => (await one.server.members('r')).length).toBe(5);
    dead.redis.isCut = true;
    await expect.poll(() => statesOf(one, 'r')).toEqual(['ann away', 'anonymous joined', 'bob joined']);
    await expect.poll(() => statesOf(two, 'r')).toEqual(['ann away', 'anonymous joined', 'bob joined']);
    expect([nodes.of(ann.id), nodes.of(nobody.id), nodes.of(bob.id)]).toEqual([
      ['0 member.joined', expect.stringMatching(/^[12] member.away$/)],
      ['0 member.joined', expect.stringMatching(/^[12] member.left swept$/)],
      ['0 member.joined', expect.stringMatching(/^[12] member.left swept$/)],
    ]);
    const left = await Promise.all([1, 2, 3].map(() => watching.push('leave', 'r')));
    expect(left.map(({ info }) => info.client as string).toSorted()).toEqual(
      [ann.id, nobody.id, bob.id].toSorted(),
    );
    expect(await two.server.presenceStats('r')).toMatchObject({ connections: 2 });

    const back = await openCentrifuge(two);
    expect(await back.connect({ data: 'ann' })).toHaveProperty('subs.r');
    await expect.poll(() => nodes.of(ann.id).slice(2)).toEqual([expect.stringMatching(/left resumed$/)]);
    expect(await statesOf(one, 'r')).toEqual(['ann joined', 'anonymous joined', 'bob joined']);
    expect(nodes.of(again.id)).toEqual(['2 member.joined']);
  });

  test('a user whose connection breaks is away for all nodes, and comes back on another one', async () => {
    const nodes = new RedisNodes(redis().url);
    const [one, two] = [await nodes.start(), await nodes.start()];
    const ann = await join(one, 'r', 'ann');
    ann.terminate();
    await expect.poll(() => statesOf(two, 'r')).toEqual(['ann away']);
    const back = await openCentrifuge(two);
    expect(await back.connect({ data: 'ann' })).toHaveProperty('subs.r');
    await expect
      .poll(() => nodes.of(ann.id))
      .toEqual(['0 member.joined', '0 member.away', '0 member.left resumed']);
    expect(await statesOf(one, 'r')).toEqual(['ann joined']);
    expect(await two.server.presenceStats('r')).toMatchObject({ connections: 1 });
  });

  test('a strict server has stored who it has answered, also when it dies at once', async () => {
    const nodes = new RedisNodes(redis().url);
    const strict = { membership: { durability: 'strict' } } as const;
    const [dead, other] = [await nodes.start(strict), await nodes.start(strict)];
    const clients = await Promise.all(['ann', 'bob', 'carl'].map((user) => join(dead, 'r', user)));
    dead.redis.isCut = true;
    await expect.poll(() => statesOf(other, 'r')).toEqual(['ann away', 'bob away', 'carl away']);
    for (const { id } of clients) expect(nodes.of(id)).toEqual(['0 member.joined', '1 member.away']);
  });

  test('a client of the line protocol comes back on another node', async () => {
    const nodes = new RedisNodes(redis().url);
    const trusting: ServerOptions = { line: { userParameter: true } };
    const [one, two] = [await nodes.start(trusting), await nodes.start(trusting)];
    const ann = await one.connect({ path: '/?user=ann' });
    await ann.join('r');
    ann.terminate();
    await expect.poll(() => statesOf(two, 'r')).toEqual(['ann away']);
    const back = await two.connect({ path: '/?user=ann' });
    expect(await back.next()).toBe('Subscribe roomNum:r success!');
    await expect.poll(() => statesOf(one, 'r')).toEqual(['ann joined']);
    await expect
      .poll(() => nodes.told.filter(({ name }) => name === 'member.left'))
      .toMatchObject([{ node: 0, user: 'ann', reason: 'resumed' }]);
  });

  test('a user who has come back before the dead node was noticed is joined again', async () => {
    const nodes = new RedisNodes(redis().url);
    const trusting: ServerOptions = { line: { userParameter: true } };
    const [dead, one, two] = [
      await nodes.start(trusting),
      await nodes.start(trusting),
      await nodes.start(trusting),
    ];
    const [ann, bob] = [
      await dead.connect({ path: '/?user=ann' }),
      await dead.connect({ path: '/?user=bob' }),
    ];
    await Promise.all([ann.join('r'), bob.join('r')]);
    await expect.poll(() => redis().command('HLEN', nodes.keys.roster('r'))).toBe(2);
    dead.redis.isCut = true;
    const back = [await one.connect({ path: '/?user=ann' }), await two.connect({ path: '/?user=ann' })];
    await (await two.connect({ path: '/?user=bob' })).join('r');
    for (const client of back) expect(await client.next()).toBe('Subscribe roomNum:r success!');
    await expect.poll(() => statesOf(one, 'r')).toEqual(['ann joined', 'ann joined', 'bob joined']);
    const left = nodes.told.filter(({ node, name }) => node > 0 && name === 'member.left');
    expect(left).toMatchObject([
      { user: 'bob', reason: 'swept' },
      { user: 'ann', reason: 'resumed' },
    ]);
  });

  test('a clean end hands over at once', async () => {
    const nodes = new RedisNodes(redis().url);
    const [one, two] = [await nodes.start(), await nodes.start()];
    const ann = await join(one, 'r', 'ann');
    await one.server.close();
    await expect.poll(() => statesOf(two, 'r')).toEqual(['ann away']);
    expect(nodes.of(ann.id).filter((told) => told.includes('member.left shutdown'))).toHaveLength(1);
    const back = await openCentrifuge(two);
    expect(await back.connect({ data: 'ann' })).toHaveProperty('subs.r');
  });

  test('a node that was away for too long drops its members, who come back', async () => {
    const nodes = new RedisNodes(redis().url);
    const [late, other] = [await nodes.start(), await nodes.start()];
    const ann = await join(late, 'r', 'ann');
    const outside = await connectCentrifuge(late, { data: 'carl' });
    late.redis.isCut = true;
    await expect.poll(() => statesOf(other, 'r')).toEqual(['ann away']);
    late.redis.mend();
    expect((await ann.closed).code).toBe(3010);
    expect(outside.isOpen).toBe(true);
    await expect.poll(() => statesOf(late, 'r')).toEqual(['ann away']);
    const back = await openCentrifuge(late);
    expect(await back.connect({ data: 'ann' })).toHaveProperty('subs.r');
    await expect
      .poll(() => nodes.of(ann.id))
      .toEqual(['0 member.joined', '1 member.away', '1 member.left resumed']);
    expect(await statesOf(other, 'r')).toEqual(['ann joined']);
    await expect.poll(() => redis().command('HLEN', nodes.keys.roster('r'))).toBe(1);
  });

  test('all nodes stay what they are when Redis was away, and nobody is dropped', async () => {
    const nodes = new RedisNodes(redis().url);
    const [one, two] = [await nodes.start(), await nodes.start()];
    const [ann, bob] = [await join(one, 'r', 'ann'), await join(two, 'r', 'bob')];
    const { lease } = one;
    for (const node of [one, two]) node.redis.isCut = true;
    await expect.poll(() => isLost(lease)).toBe(true);
    one.redis.mend();
    await expect.poll(() => isLost(lease)).toBe(false);
    two.redis.mend();
    await expect.poll(() => statesOf(one, 'r')).toEqual(['ann joined', 'bob joined']);
    expect([ann.isOpen, bob.isOpen, nodes.told.length]).toEqual([true, true, 2]);
  });

  test('who has left while Redis was away is not listed when it is there again, and others hear of the leave', async () => {
    const nodes = new RedisNodes(redis().url);
    const options = { rooms: { r: { joinLeave: true } } };
    const [one, two] = [await nodes.start(options), await nodes.start(options)];
    const [gone, stays] = [await join(one, 'r'), await join(one, 'r')];
    const watching = await connectCentrifuge(two, {});
    await watching.subscribe('r', { join_leave: true });
    one.redis.isCut = true;
    gone.terminate();
    await expect
      .poll(() => nodes.of(gone.id))
      .toEqual(['0 member.joined', expect.stringContaining('0 member.left')]);
    one.redis.mend();
    expect((await watching.push('leave', 'r')).info.client).toBe(gone.id);
    await expect.poll(async () => Object.keys(await two.server.presence('r')).length).toBe(2);
    expect(stays.isOpen).toBe(true);
  });

  test('a Redis that has lost everything is told again', async () => {
    const nodes = new RedisNodes(redis().url);
    const [one, two] = [await nodes.start(), await nodes.start()];
    const [ann, bob] = [await join(one, 'r', 'ann'), await join(two, 'r', 'bob')];
    const carl = await join(one, 'r', 'carl');
    carl.terminate();
    await expect.poll(() => nodes.of(carl.id).length).toBe(2);
    await redis().command('FLUSHALL');
    await expect.poll(() => redis().command('HLEN', nodes.keys.roster('r'))).toBe(3);
    await expect.poll(() => statesOf(two, 'r')).toEqual(['ann joined', 'bob joined', 'carl away']);
    expect([ann.isOpen, bob.isOpen, nodes.told.length]).toEqual([true, true, 4]);
  });

  test('a room takes no more members than its capacity on all nodes together', async () => {
    const nodes = new RedisNodes(redis().url);
    const options = { rooms: { r: { capacity: 2 } } };
    const [one, two] = [await nodes.start(options), await nodes.start(options)];
    const first = await join(one, 'r', 'ann');
    await join(two, 'r', 'bob');
    const third = await connectCentrifuge(two, { data: 'carl' });
    expect(await third.ask({ subscribe: { channel: 'r' } })).toMatchObject({ error: { code: 106 } });
    await first.ask({ unsubscribe: { channel: 'r' } });
    await expect.poll(() => statesOf(two, 'r')).toEqual(['bob joined']);
    await third.subscribe('r');
    expect(await statesOf(one, 'r')).toEqual(['bob joined', 'carl joined']);
  });

  test('a server starts without Redis, and takes up what was left when it is there', async () => {
    const nodes = new RedisNodes(redis().url);
    const gone = await nodes.start();
    const ann = await join(gone, 'r', 'ann');
    await gone.server.close();
    const next = await nodes.start({}, true);
    await expect(next.server.members('r')).rejects.toThrow('internal server error');
    next.redis.mend();
    await expect.poll(() => statesOf(next, 'r')).toEqual(['ann away']);
    expect(nodes.of(ann.id).filter((told) => told.includes('away'))).toHaveLength(1);
  });
});

function isLost(lease: { readonly id: string }): boolean {
  try {
    return lease.id === '';
  } catch {
    return true;
  }
}
