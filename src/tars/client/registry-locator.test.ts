import { describe, expect, onTestFinished, test } from 'vitest';
import { CLOCK_STEPS } from '../../system/clock-harness.ts';
import { createServantServer, type ServantServer } from '../server/servant-server.ts';
import { createServantAdapter } from '../calls/servant-adapter.ts';
import {
  answer,
  echoBody,
  echoText,
  freePort,
  ManualClock,
  OBJECT,
  probe,
  startEcho,
  startPeer,
  startServant,
} from './link-harness.ts';
import { createRegistryLocator } from './registry-locator.ts';
import type { LinkError } from '../servant-link.ts';
import { QUERY_F, SET_QUERY_F, type EndpointF } from './registry-types.ts';

const QUERY_OBJ = 'tars.tarsregistry.QueryObj';

interface FakeRegistry {
  readonly port: number;
  /** The requested names. */
  readonly asked: string[];
  readonly server: ServantServer;
  /** Its answer. */
  endpoints: EndpointF[];
}

async function startRegistry(endpoints: EndpointF[], port = 0): Promise<FakeRegistry> {
  const asked: string[] = [];
  const adapter = createServantAdapter(QUERY_F, {
    findObjectById: async ({ id }) => {
      asked.push(id);
      return { ret: registry.endpoints };
    },
  });
  const server = createServantServer({ host: '127.0.0.1', port, servants: new Map([[QUERY_OBJ, adapter]]) });
  onTestFinished(() => server.close());
  const registry: FakeRegistry = { port: (await server.listen()).port, asked, server, endpoints };
  return registry;
}

function at(...ports: number[]): string {
  return `${QUERY_OBJ}@${ports.map((port) => `tcp -h 127.0.0.1 -p ${port}`).join(':')}`;
}

function endpointF(port: number, more: Partial<EndpointF> = {}): EndpointF {
  return { host: '127.0.0.1', port, timeout: 0, istcp: 1, grid: 0, ...more };
}

describe('the locator', () => {
  test('tells the endpoints that a link then connects', async () => {
    const registry = await startRegistry([endpointF(await startEcho())]);
    const { link, call } = probe([], { locator: createRegistryLocator({ registry: at(registry.port) }) });
    await link.open();
    expect(echoText(await call('hello'))).toBe('hello');
    expect(registry.asked).toEqual([OBJECT]);
  });

  test('tells each endpoint once, in one order, and none that is not reached by TCP', async () => {
    const registry = await startRegistry([
      endpointF(2000),
      endpointF(1000, { timeout: 3000 }),
      endpointF(2000, { weight: 7 }),
      endpointF(3000, { istcp: 0 }),
      endpointF(4000, { istcp: 2 }),
      endpointF(0),
      endpointF(70_000),
      endpointF(5000, { host: '' }),
    ]);
    const locator = createRegistryLocator({ registry: at(registry.port) });
    expect(await locator.locate('A.B.C')).toEqual([
      { host: '127.0.0.1', port: 1000, timeoutMs: 3000 },
      { host: '127.0.0.1', port: 2000 },
    ]);
  });

  test('asks once for those who ask together, and then once a minute', async () => {
    const clock = new ManualClock();
    const registry = await startRegistry([endpointF(1000)]);
    const locator = createRegistryLocator({ registry: at(registry.port), clock });
    await Promise.all([locator.locate('A.B.C'), locator.locate('A.B.C'), locator.locate('A.B.D')]);
    clock.advance(59_999);
    await locator.locate('A.B.C');
    expect(registry.asked.toSorted()).toEqual(['A.B.C', 'A.B.D']);
    registry.endpoints = [endpointF(2000)];
    clock.advance(1);
    expect(await locator.locate('A.B.C')).toMatchObject([{ port: 2000 }]);
  });

  test.each(Object.entries(CLOCK_STEPS))(
    'asks once a minute too when the wall clock is set %s',
    async (_, stepMs) => {
      const clock = new ManualClock();
      const registry = await startRegistry([endpointF(1000)]);
      const locator = createRegistryLocator({ registry: at(registry.port), clock });
      await locator.locate('A.B.C');
      clock.stepWallClock(stepMs);
      clock.advance(59_999);
      await locator.locate('A.B.C');
      expect(registry.asked).toHaveLength(1);
      clock.advance(1);
      await locator.locate('A.B.C');
      expect(registry.asked).toHaveLength(2);
    },
  );

  test('an object without endpoints is told apart from a registry that does not answer', async () => {
    const registry = await startRegistry([]);
    const locator = createRegistryLocator({ registry: at(registry.port) });
    await expect(locator.locate('A.B.C')).rejects.toMatchObject({ name: 'LinkError', code: 'noEndpoint' });
    await registry.server.close();
    await expect(locator.locate('A.B.C')).rejects.toMatchObject({ code: 'registryUnreachable' });
  });

  test('a registry that is no registry does not answer either', async () => {
    const port = await startEcho();
    const locator = createRegistryLocator({ registry: at(port) });
    await expect(locator.locate('A.B.C')).rejects.toMatchObject({
      code: 'registryUnreachable',
      cause: { ret: -4 },
    });
  });

  test('a registry that is silent is given up after the deadline', async () => {
    const clock = new ManualClock();
    const peer = await startPeer(() => {});
    const locator = createRegistryLocator({ registry: at(peer.port), clock, deadlineMs: 700 });
    const locating = locator.locate('A.B.C');
    void locating.catch(() => {});
    await peer.sockets.next();
    clock.advance(700);
    await expect(locating).rejects.toMatchObject({ code: 'registryUnreachable' });
  });

  test('the old answer holds while the registry is gone, until it is back', async () => {
    const clock = new ManualClock();
    const registry = await startRegistry([endpointF(1000)]);
    const locator = createRegistryLocator({ registry: at(registry.port), clock });
    await locator.locate('A.B.C');
    await registry.server.close();
    clock.advance(60_000);
    expect(await locator.locate('A.B.C')).toMatchObject([{ port: 1000 }]);
    const back = await startRegistry([endpointF(2000)], registry.port);
    // It is not asked again each time while it fails.
    expect(await locator.locate('A.B.C')).toMatchObject([{ port: 1000 }]);
    expect(back.asked).toEqual([]);
    clock.advance(5_000);
    expect(await locator.locate('A.B.C')).toMatchObject([{ port: 2000 }]);
  });

  test('one of several registries is enough', async () => {
    const registry = await startRegistry([endpointF(1000)]);
    const locator = createRegistryLocator({ registry: at(await freePort(), registry.port) });
    expect(await locator.locate('A.B.C')).toMatchObject([{ port: 1000 }]);
  });

  test('an answer without endpoints does not replace an old one', async () => {
    const clock = new ManualClock();
    const registry = await startRegistry([endpointF(1000)]);
    const failures: string[] = [];
    const locator = createRegistryLocator({
      registry: at(registry.port),
      clock,
      failed: ({ code }, object) => failures.push(`${object} ${code}`),
    });
    await locator.locate('A.B.C');
    registry.endpoints = [];
    for (let asked = 3; asked > 0; asked--) {
      clock.advance(60_000);
      expect(await locator.locate('A.B.C')).toMatchObject([{ port: 1000 }]);
    }
    // It is told once.
    expect([registry.asked.length, failures]).toEqual([4, ['A.B.C noEndpoint']]);
  });

  test('asks again for a stale answer, but no more often than every two seconds', async () => {
    const clock = new ManualClock();
    const registry = await startRegistry([endpointF(1000)]);
    const locator = createRegistryLocator({ registry: at(registry.port), clock });
    await locator.locate('A.B.C');
    registry.endpoints = [endpointF(2000)];
    clock.advance(1_999);
    for (let calls = 20; calls > 0; calls--) await locator.locate('A.B.C', { isStale: true });
    expect(registry.asked).toHaveLength(1);
    clock.advance(1);
    const all = Array.from({ length: 20 }, () => locator.locate('A.B.C', { isStale: true }));
    for (const endpoints of await Promise.all(all)) expect(endpoints).toMatchObject([{ port: 2000 }]);
    await locator.locate('A.B.C', { isStale: true });
    expect(registry.asked).toHaveLength(2);
  });

  test('a registry that answers with an error is told apart from one that does not answer', async () => {
    const peer = await startServant((request, socket) =>
      socket.write(answer({ ...request, body: echoBody('') }, -1)),
    );
    const failures: LinkError[] = [];
    const locator = createRegistryLocator({
      registry: at(peer.port),
      failed: (error) => failures.push(error),
    });
    for (let calls = 3; calls > 0; calls--)
      await expect(locator.locate('A.B.C')).rejects.toMatchObject({ code: 'registryFailed' });
    await peer.stop();
    await expect(locator.locate('A.B.C')).rejects.toMatchObject({ code: 'registryUnreachable' });
    expect(failures.map(({ message }) => message)).toEqual([
      `the registry at tcp -h 127.0.0.1 -p ${peer.port} answers with the error -1`,
      expect.stringContaining('does not answer'),
    ]);
  });

  test.each(['nonsense', QUERY_OBJ])('a registry at %j is refused', (registry) => {
    expect(() => createRegistryLocator({ registry })).toThrow(TypeError);
  });
});

describe('the locator of a server in a set', () => {
  /** A registry that knows sets, and answers with this code. */
  async function startSets(endpoints: EndpointF[], ret = 0) {
    const asked: string[] = [];
    const state = { endpoints, ret };
    const adapter = createServantAdapter(
      { ...QUERY_F, ...SET_QUERY_F },
      {
        async findObjectById({ id }) {
          asked.push(id);
          return { ret: state.endpoints };
        },
        async findObjectByIdInSameSet({ id, setId }) {
          asked.push(`${id} in ${setId}`);
          return { ret: state.ret, activeEp: state.endpoints, inactiveEp: [endpointF(9)] };
        },
      },
    );
    const servants = new Map([[QUERY_OBJ, adapter]]);
    const server = createServantServer({ host: '127.0.0.1', port: 0, servants });
    onTestFinished(() => server.close());
    const { port } = await server.listen();
    return { state, asked, registry: at(port) };
  }

  test.each(['room.sz.1', 'room.sz.*'])('asks for the endpoints in the set %s', async (set) => {
    const { asked, registry } = await startSets([endpointF(1000)]);
    expect(await createRegistryLocator({ registry, set }).locate('A.B.C')).toMatchObject([{ port: 1000 }]);
    expect(asked).toEqual([`A.B.C in ${set}`]);
  });

  test.each(['NULL', '', 'room.sz', 'room.sz.1.2', '*.sz.1', 'room.*.1'])(
    'asks for all endpoints with %j, which names no set',
    async (set) => {
      const { asked, registry } = await startSets([endpointF(1000)]);
      expect(await createRegistryLocator({ registry, set }).locate('A.B.C')).toMatchObject([{ port: 1000 }]);
      expect(asked).toEqual(['A.B.C']);
    },
  );

  test('keeps the old endpoints when the answer is an error or has none, and names the set in words', async () => {
    const clock = new ManualClock();
    const { state, registry } = await startSets([endpointF(1000)]);
    const words: string[] = [];
    const failed = ({ message }: LinkError) => words.push(message);
    const locator = createRegistryLocator({ registry, set: 'room.sz.1', clock, failed });
    await locator.locate('A.B.C');
    state.ret = -1;
    clock.advance(60_000);
    expect(await locator.locate('A.B.C')).toMatchObject([{ port: 1000 }]);
    state.ret = 0;
    state.endpoints = [];
    clock.advance(60_000);
    expect(await locator.locate('A.B.C')).toMatchObject([{ port: 1000 }]);
    expect(words).toEqual([
      'the registry answers -1 for A.B.C in the set room.sz.1',
      'the registry knows no endpoint of A.B.C in the set room.sz.1',
    ]);
  });

  test('asks a registry without this function in vain, and says so', async () => {
    const registry = await startRegistry([endpointF(1000)]);
    const locator = createRegistryLocator({ registry: at(registry.port), set: 'room.sz.1' });
    await expect(locator.locate('A.B.C')).rejects.toMatchObject({
      code: 'registryFailed',
      cause: { ret: -3 },
    });
  });
});
