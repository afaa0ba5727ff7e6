/** Endpoints that are connected but do not answer. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  answer,
  keyOf,
  ManualClock,
  OBJECT,
  probe,
  probeObject,
  reachAll,
  startNumbered,
  type Probe,
} from './link-harness.ts';

/** Two servants, 1 and 2. They do not answer calls of `hang`. */
async function startTwo() {
  const good = await startNumbered(1);
  const bad = await startNumbered(2, (request, socket) => {
    if (request.func !== 'hang') socket.write(answer(request, 2));
  });
  const clock = new ManualClock();
  const both = probe([good.port, bad.port], { clock });
  await both.link.open();
  await reachAll(both, [1, 2]);
  return { both, clock, good, bad };
}

/** Lets calls to the second servant time out while the connection is alive. */
async function timeOut(both: Probe, times: number, routeKey: string): Promise<void> {
  for (let left = times; left > 0; left--) {
    const id = both.post('late', { func: 'hang', routeKey });
    // A reply on the same connection shows that it is alive.
    await both.call('here', { routeKey });
    both.link.timedOut(id);
  }
}

const circuits = ({ link }: Probe) => link.endpoints?.().map(({ circuit }) => circuit);

describe('an endpoint that does not answer', () => {
  test('gets no calls after three of them were late and nothing came, also when it is connected again', async () => {
    const { both, clock, bad } = await startTwo();
    const routeKey = await keyOf(both, 2);
    const ids = ['a', 'b', 'c'].map((text) => both.post(text, { func: 'hang', routeKey }));
    const dialled = bad.sockets.items.length;
    for (const id of ids) both.link.timedOut(id);
    const { error, requestIds } = await both.next('lost');
    expect([error.isSilence, requestIds]).toEqual([true, []]);
    expect(circuits(both)).toEqual(['closed', 'open']);
    expect(await both.next('endpoint')).toMatchObject({ endpoint: { port: bad.port }, circuit: 'open' });

    clock.advance(50);
    while (bad.sockets.items.length === dialled) await both.call('tick');
    for (let left = 10; left > 0; left--) expect((await both.call('hello')).ret).toBe(1);
    // Its keys go to the other one.
    expect((await both.call('hello', { routeKey })).ret).toBe(1);
  });

  test('gets one call after a second, and all its calls again when this one is answered', async () => {
    const { both, clock } = await startTwo();
    const routeKey = await keyOf(both, 2);
    for (const id of ['a', 'b', 'c'].map((text) => both.post(text, { func: 'hang', routeKey })))
      both.link.timedOut(id);
    await both.next('lost');
    clock.advance(50);
    clock.advance(950);
    const tries: number[] = [];
    while (!tries.includes(2)) tries.push((await both.call('hello')).ret);
    expect(circuits(both)).toEqual(['closed', 'closed']);
    await reachAll(both, [1, 2]);
    expect((await both.call('hello', { routeKey })).ret).toBe(2);
  });

  test('is out of use after five late calls, although its connection is alive, and tried by one call only', async () => {
    const { both, clock, bad } = await startTwo();
    const [toGood, toBad] = [await keyOf(both, 1), await keyOf(both, 2)];
    for (let left = 5; left > 0; left--) {
      const replies = both.told.length;
      both.link.timedOut(both.post('late', { func: 'answer', routeKey: toBad }));
      // The reply comes, but too late.
      while (both.told.length === replies) await nextTurn();
    }
    expect(await both.next('endpoint')).toMatchObject({ circuit: 'open' });
    expect(both.told.every(({ type }) => type === 'reply')).toBe(true);
    clock.advance(1_000);
    expect(await both.next('endpoint')).toMatchObject({ circuit: 'halfOpen' });
    const ids = Array.from({ length: 10 }, () => both.post('try', { func: 'hang' }));
    await Promise.all([both.call('tick', { routeKey: toGood }), both.call('tick', { routeKey: toGood })]);
    const endpoints = ids.map((id) => both.link.endpointOf?.(id)?.port);
    expect(endpoints.filter((port) => port === bad.port)).toHaveLength(1);
  });

  test('stays in use while some of its calls are answered', async () => {
    const { both } = await startTwo();
    const routeKey = await keyOf(both, 2);
    await timeOut(both, 8, routeKey);
    expect(circuits(both)).toEqual(['closed', 'closed']);
  });

  test('gets calls all the same when no other is left', async () => {
    const { both, good } = await startTwo();
    const routeKey = await keyOf(both, 2);
    for (const id of ['a', 'b', 'c', 'd', 'e'].map((text) => both.post(text, { func: 'hang', routeKey })))
      both.link.timedOut(id);
    await both.next('lost');
    await good.stop();
    await both.next('closed');
    expect(both.link.endpoints?.()).toEqual([]);
    await both.link.open();
    // What is known of it outlives the connections.
    expect(circuits(both)?.includes('open')).toBe(true);
    expect((await both.call('hello')).ret).toBe(2);
    expect(circuits(both)?.includes('open')).toBe(false);
  });
});

describe('a request', () => {
  test('tells its endpoint until it is answered, late, or forgotten', async () => {
    const { both, good, bad } = await startTwo();
    const [toGood, toBad] = [await keyOf(both, 1), await keyOf(both, 2)];
    const one = both.post('x', { func: 'hang', routeKey: toGood });
    const two = both.post('x', { func: 'hang', routeKey: toBad });
    expect([one, two].map((id) => both.link.endpointOf?.(id)?.port)).toEqual([good.port, bad.port]);
    both.link.timedOut(one);
    both.link.forget?.(two);
    expect([one, two].map((id) => both.link.endpointOf?.(id))).toEqual([undefined, undefined]);
    // Only what was late counts.
    expect(both.link.endpoints?.().map(({ failures }) => failures)).toEqual([1, 0]);
  });

  test('goes to another endpoint than the one to avoid, if there is one', async () => {
    const { both, good, bad } = await startTwo();
    const avoid = { host: '127.0.0.1', port: bad.port };
    for (let left = 4; left > 0; left--) expect((await both.call('hello', { avoid })).ret).toBe(1);
    const routeKey = await keyOf(both, 2);
    expect((await both.call('hello', { avoid, routeKey })).ret).toBe(1);
    await good.stop();
    await both.next('lost');
    expect((await both.call('hello', { avoid })).ret).toBe(2);
  });
});

test('what is known of endpoints is told without a connection too', () => {
  const { link } = probeObject(`${OBJECT}@tcp -h 127.0.0.1 -p 1`);
  expect([link.endpoints?.(), link.endpointOf?.(1)]).toEqual([[], undefined]);
});
