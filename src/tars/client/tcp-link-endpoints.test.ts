import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { LinkError } from '../servant-link.ts';
import type { Endpoint } from './endpoint.ts';
import type { LocateOptions } from './locator.ts';
import {
  answer,
  echoText,
  freePort,
  keyOf,
  ManualClock,
  OBJECT,
  probe,
  reachAll,
  startEcho,
  startNumbered,
  startPeer,
  type Peer,
  type Probe,
} from './link-harness.ts';

/** Servants numbered from 1, and a probe that is connected to all of them. */
async function startAll(count: number, clock = new ManualClock()): Promise<{ all: Probe; peers: Peer[] }> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const peers = await Promise.all(numbers.map((number) => startNumbered(number)));
  const all = probe(
    peers.map(({ port }) => port),
    { clock },
  );
  await all.link.open();
  await reachAll(all, numbers);
  return { all, peers };
}

describe('several endpoints', () => {
  test('one that is connected is enough to open, and the others are dialled until they are', async () => {
    const clock = new ManualClock();
    const port = await freePort();
    const some = probe([port, await startEcho()], { clock });
    await some.link.open();
    expect(echoText(await some.call('hello'))).toBe('hello');
    const peer = await startNumbered(7, undefined, port);
    while (peer.sockets.items.length === 0) {
      clock.advance(50);
      await some.call('tick');
    }
    await reachAll(some, [7]);
  });

  test('are called in turn', async () => {
    const { all } = await startAll(3);
    const rets: number[] = [];
    for (let left = 6; left > 0; left--) rets.push((await all.call('hello')).ret);
    expect(rets.toSorted((one, other) => one - other)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(rets.slice(0, 3)).toEqual(rets.slice(3));
  });

  test('calls with one key go to one of them, those with other keys to others', async () => {
    const { all } = await startAll(3);
    for (const number of [1, 2, 3]) {
      const routeKey = await keyOf(all, number);
      for (let left = 3; left > 0; left--) {
        expect((await all.call('hello', { routeKey })).ret).toBe(number);
        await all.call('without a key');
      }
    }
  });

  test('when one dies, its calls are lost, others go to those that live, and it is used when it is back', async () => {
    const clock = new ManualClock();
    const { all, peers } = await startAll(2, clock);
    const kept = [1, 2].map(() => all.post('kept', { func: 'keep' }));
    await peers[1]!.stop();
    const { requestIds, error } = await all.next('lost');
    expect(requestIds).toHaveLength(1);
    expect(kept).toContain(requestIds[0]);
    expect(error.code).toBe('connectionLost');
    for (let left = 4; left > 0; left--) expect((await all.call('hello')).ret).toBe(1);

    await startNumbered(2, undefined, peers[1]!.port);
    clock.advance(50);
    await reachAll(all, [2]);
    expect(all.told.filter(({ type }) => type === 'closed')).toEqual([]);
  });

  test('a key goes to another one while its own is gone, and comes back', async () => {
    const clock = new ManualClock();
    const { all, peers } = await startAll(2, clock);
    const routeKey = await keyOf(all, 2);
    await peers[1]!.stop();
    await all.next('lost');
    expect((await all.call('hello', { routeKey })).ret).toBe(1);
    await startNumbered(2, undefined, peers[1]!.port);
    clock.advance(50);
    await reachAll(all, [2]);
    expect((await all.call('hello', { routeKey })).ret).toBe(2);
  });

  test('a dead one is dialled at growing distances, up to a second', async () => {
    const clock = new ManualClock();
    let isClosing = false;
    const peer = await startPeer((socket) => {
      if (isClosing) socket.end();
    });
    const some = probe([await startEcho(), peer.port], { clock });
    await some.link.open();
    await some.call('hello');
    const first = await peer.sockets.next();
    isClosing = true;
    first.end();
    for (const delayMs of [50, 100, 200, 400, 800, 1_000, 1_000]) {
      await some.next('lost');
      const dialled = peer.sockets.items.length;
      clock.advance(delayMs - 1);
      await some.call('nothing new');
      expect(peer.sockets.items).toHaveLength(dialled);
      clock.advance(1);
    }
    await some.next('lost');
    expect(peer.sockets.items).toHaveLength(8);
  });

  test('the link is closed when the last one is gone, and dials no more', async () => {
    const clock = new ManualClock();
    const { all, peers } = await startAll(2, clock);
    for (const { stop } of peers) await stop();
    await all.next('closed');
    const facts = all.told.map(({ type }) => type).filter((type) => type !== 'reply');
    expect(facts).toEqual(['lost', 'lost', 'closed']);
    expect(clock.timers).toBe(0);
  });

  test('one that has too much unsent is passed over, except by its keys', async () => {
    const hearing = await startNumbered(1);
    const deaf = await startNumbered(2, (_, socket) => socket.pause());
    const both = probe([hearing.port, deaf.port]);
    await both.link.open();
    await reachAll(both, [1, 2]);
    const routeKey = await keyOf(both, 2);
    both.post('', { func: 'pause', routeKey });
    const half = 'x'.repeat(512 * 1024);
    while (both.post(half, { func: 'keep', routeKey }) !== 0);
    for (let left = 4; left > 0; left--) expect((await both.call('hello')).ret).toBe(1);
    expect(both.told.every(({ type }) => type === 'reply')).toBe(true);
  });
});

describe('endpoints from a registry', () => {
  /** A locator that returns the endpoints last set. */
  function createFakeLocator(first: readonly number[]) {
    const state = {
      ports: first,
      asked: [] as string[],
      stale: 0,
      failure: undefined as LinkError | undefined,
    };
    const locate = async (object: string, { isStale = false }: LocateOptions = {}): Promise<Endpoint[]> => {
      if (isStale) state.stale += 1;
      else state.asked.push(object);
      if (state.failure !== undefined) throw state.failure;
      return state.ports.map((port) => ({ host: '127.0.0.1', port }));
    };
    return { state, locate };
  }

  test('are asked for by name', async () => {
    const locator = createFakeLocator([await startEcho()]);
    const { link, call } = probe([], { locator });
    await link.open();
    expect(echoText(await call('hello'))).toBe('hello');
    expect(locator.state.asked).toEqual([OBJECT]);
  });

  test('that cannot be told are why the link does not open', async () => {
    const locator = createFakeLocator([]);
    const { link } = probe([], { locator });
    await expect(link.open()).rejects.toMatchObject({ code: 'noEndpoint' });
    locator.state.failure = new LinkError('noEndpoint', 'none');
    await expect(link.open()).rejects.toMatchObject({ code: 'noEndpoint' });
    locator.state.failure = new LinkError('registryUnreachable', 'gone');
    await expect(link.open()).rejects.toMatchObject({ code: 'registryUnreachable' });
  });

  test('are followed: new ones are used, and those that are gone finish their calls', async () => {
    const clock = new ManualClock();
    const finish: (() => void)[] = [];
    const old = await startNumbered(1, (request, socket) => {
      finish.push(() => socket.write(answer(request, 1)));
    });
    const fresh = await startNumbered(2);
    const locator = createFakeLocator([old.port]);
    const some = probe([], { clock, locator });
    await some.link.open();
    const keeping = some.call('wait', { func: 'keep' });
    locator.state.ports = [fresh.port];
    clock.advance(60_000);
    // The old endpoints stay until one of the new list is connected.
    await reachAll(some, [2]);
    clock.advance(60_000);
    await some.call('tick');
    for (let left = 2; left > 0; left--) expect((await some.call('hello')).ret).toBe(2);
    const oldSocket = await old.sockets.next();
    finish[0]!();
    expect((await keeping).ret).toBe(1);
    await once(oldSocket, 'close');
    expect((await some.call('hello')).ret).toBe(2);
    expect(some.told.filter(({ type }) => type !== 'reply')).toEqual([]);
  });

  test('stay as they are while the registry is gone', async () => {
    const clock = new ManualClock();
    const locator = createFakeLocator([await startEcho()]);
    const { link, call } = probe([], { clock, locator });
    await link.open();
    locator.state.failure = new LinkError('registryUnreachable', 'gone');
    for (let minutes = 3; minutes > 0; minutes--) {
      clock.advance(60_000);
      expect(echoText(await call('hello'))).toBe('hello');
    }
    expect(locator.state.asked).toHaveLength(4);
  });

  test('are asked for again when none can be connected: the servant has moved', async () => {
    const old = await startNumbered(1);
    const locator = createFakeLocator([old.port]);
    const some = probe([], { locator });
    await some.link.open();
    await old.stop();
    await some.next('closed');
    const moved = await startNumbered(2);
    const locate = locator.locate;
    locator.locate = (object, options) => {
      if (options?.isStale === true) locator.state.ports = [moved.port];
      return locate(object, options);
    };
    await some.link.open();
    expect((await some.call('hello')).ret).toBe(2);
    expect(some.link.endpoints?.()).toMatchObject([{ port: moved.port, isConnected: true }]);
    expect([locator.state.asked.length, locator.state.stale]).toEqual([2, 1]);
  });

  test('are asked for once more only, and the first failure is told when nothing is new', async () => {
    const ports = [await freePort(), await freePort()];
    const locator = createFakeLocator(ports);
    const { link } = probe([], { locator });
    await expect(link.open()).rejects.toMatchObject({ code: 'refused' });
    expect(locator.state.stale).toBe(1);
    const locate = locator.locate;
    locator.locate = async (object, options) => {
      if (options?.isStale === true) throw new LinkError('noEndpoint', 'none');
      return locate(object, options);
    };
    await expect(link.open()).rejects.toMatchObject({ code: 'noEndpoint' });
    locator.locate = async (object, options) => {
      if (options?.isStale === true) throw new LinkError('registryUnreachable', 'gone');
      return locate(object, options);
    };
    await expect(link.open()).rejects.toMatchObject({ code: 'refused' });
    const fresh = await freePort();
    locator.locate = async (object, options) => {
      if (options?.isStale === true) locator.state.ports = [fresh];
      return locate(object, options);
    };
    await expect(link.open()).rejects.toMatchObject({ message: expect.stringContaining(`-p ${fresh} `) });
  });
});
