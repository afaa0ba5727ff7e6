/** Calls of servants that fail: what is told of them, and which are tried once more. */

import { onTestFinished, describe, expect, test } from 'vitest';
import { ConfigError, RpcError, createServer } from '../src/index.ts';
import type { ServantDefinition } from '../src/server/servants/rpc.ts';
import { freePort, startPeer } from '../src/tars/client/link-harness.ts';
import type { ServantAdapter } from '../src/tars/calls/servant-adapter.ts';
import { createServantServer } from '../src/tars/server/servant-server.ts';
import { HelloMethods } from '../src/tars/servants/hello.ts';
import { startServer } from './support/start-server.ts';

const OBJECT = 'A.B.C';

type Dispatch = ServantAdapter['dispatch'];

async function startServant(dispatch: Dispatch): Promise<string> {
  const servant = createServantServer({
    host: '127.0.0.1',
    port: 0,
    servants: new Map([[OBJECT, { dispatch }]]),
  });
  onTestFinished(() => servant.close());
  return `tcp -h 127.0.0.1 -p ${(await servant.listen()).port}`;
}

const sum: Dispatch = async (_func, body) => {
  const { a, b } = HelloMethods.add.args.decode(body);
  return { ret: 0, body: HelloMethods.add.result.encode({ ret: a + b }) };
};

async function startWith(
  endpoints: readonly string[],
  more: Pick<ServantDefinition, 'idempotent'> = {},
  callSeconds = 3,
) {
  const hello = { object: `${OBJECT}@${endpoints.join(':')}`, methods: HelloMethods, ...more };
  const started = await startServer({
    servants: { hello },
    rooms: { '*': { rpc: ['hello.*'] } },
    tars: { callSeconds },
  });
  const failures: Record<string, unknown>[] = [];
  started.server.on('rpc.failed', (event) => failures.push(event));
  const client = await started.connect();
  const ask = async (method: string, args: object): Promise<unknown> => {
    const frame = await client.ask(`rpc|${JSON.stringify({ roomNum: 'r', method, args })}`);
    return JSON.parse(frame.slice('rpc|'.length));
  };
  return { ...started, failures, ask };
}

function errorOf(failure: Record<string, unknown> | undefined): Error {
  const error = failure?.['error'];
  return error instanceof Error ? error : expect.unreachable('there is no error');
}

describe('a failed call is told with its function and reason', () => {
  test('when its reply does not decode', async () => {
    const { server, ask, failures } = await startWith([
      await startServant(async () => ({ ret: 0, body: new Uint8Array([0x06, 0x09]) })),
    ]);
    expect(await ask('hello.add', { a: 123_456, b: 2 })).toMatchObject({ error: { code: 1010 } });
    const error: unknown = await server.rpc.hello
      .add({ a: 123_456, b: 2 })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ failure: 'undecodable', ret: -11_000 });
    expect(failures).toEqual(
      [1, 2].map(() => ({
        servant: 'hello',
        func: 'add',
        failure: 'undecodable',
        error: expect.any(RpcError),
      })),
    );
    expect(String(errorOf(failures[0]).stack)).not.toContain('123456');
  });

  test('when its arguments do not fit, without them', async () => {
    const { ask, failures } = await startWith([await startServant(sum)]);
    expect(await ask('hello.add', { a: 123_456.5, b: 2 })).toMatchObject({ error: { code: 107 } });
    expect(failures).toEqual([{ servant: 'hello', func: 'add', failure: 'badRequest' }]);
  });

  test('when there is no such function', async () => {
    const { ask, failures } = await startWith([await startServant(sum)]);
    await ask(`hello.${'x'.repeat(200)}`, {});
    expect(failures).toEqual([{ servant: 'hello', func: 'x'.repeat(94), failure: 'unknownFunction' }]);
  });

  test('when it is late, with the endpoint that did not answer', async () => {
    const endpoint = await startServant(() => new Promise(() => {}));
    const { ask, failures } = await startWith([endpoint], {}, 0.05);
    expect(await ask('hello.add', { a: 1, b: 2 })).toMatchObject({ error: { code: 1005 } });
    expect(failures).toMatchObject([{ failure: 'timedOut', trace: expect.any(String) }]);
    expect(errorOf(failures[0]).message).toContain(`no answer from ${endpoint}`);
  });
});

describe('a function that the definition lists as idempotent', () => {
  /** A servant that never answers, and one that does; each with the functions that it was called. */
  async function startSilentAndGood() {
    const calls = { silent: [] as string[], good: [] as string[] };
    const silent = await startServant((func) => {
      calls.silent.push(func);
      return new Promise(() => {});
    });
    const good = await startServant((func, body) => {
      calls.good.push(func);
      return sum(func, body);
    });
    return { calls, endpoints: [silent, good] };
  }

  test('is tried at another endpoint when it is late', async () => {
    const { calls, endpoints } = await startSilentAndGood();
    const { server, failures } = await startWith(endpoints, { idempotent: ['add'] }, 0.4);
    while (calls.silent.length < 3) expect(await server.rpc.hello.add({ a: 1, b: 2 })).toEqual({ ret: 3 });
    expect(failures).toEqual([]);
  });

  test('is tried at another endpoint when one answers with what is no reply', async () => {
    let requests = 0;
    const junk = await startPeer((socket) => {
      socket.on('data', () => {
        requests += 1;
        socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
      });
    });
    const good = await startServant(sum);
    const { server, failures } = await startWith([`tcp -h 127.0.0.1 -p ${junk.port}`, good], {
      idempotent: ['add'],
    });
    const add = () => server.rpc.hello.add({ a: 1, b: 2 });
    while (requests === 0)
      expect(new Set((await Promise.all(Array.from({ length: 8 }, add))).map(({ ret }) => ret))).toEqual(
        new Set([3]),
      );
    expect(failures).toEqual([]);
  });

  test('is not tried again when the servant answers with an error', async () => {
    const calls: string[] = [];
    const failing = await startServant(async (func) => {
      calls.push(func);
      return { ret: -1, body: new Uint8Array(0) };
    });
    const { server } = await startWith([failing, await startServant(sum)], { idempotent: ['add'] });
    while (calls.length === 0) await server.rpc.hello.add({ a: 1, b: 2 }).catch(() => undefined);
    await expect(Promise.all([1, 2].map((a) => server.rpc.hello.add({ a, b: 2 })))).rejects.toMatchObject({
      failure: 'servantFailed',
    });
    expect(calls).toHaveLength(2);
  });

  test('is the only one: others fail at their deadline, and were sent once', async () => {
    const { calls, endpoints } = await startSilentAndGood();
    const { server, failures } = await startWith(endpoints, { idempotent: ['sayHello'] }, 0.1);
    while (failures.length === 0) await server.rpc.hello.add({ a: 1, b: 2 }).catch(() => undefined);
    expect(failures).toMatchObject([{ func: 'add', failure: 'timedOut' }]);
    expect(calls.silent).toEqual(['add']);
  });

  test('can be called as one that is not', async () => {
    const { calls, endpoints } = await startSilentAndGood();
    const { server, failures } = await startWith(endpoints, { idempotent: ['add'] }, 0.1);
    while (failures.length === 0)
      await server.rpc.hello.add({ a: 1, b: 2 }, { idempotent: false }).catch(() => undefined);
    expect(calls.silent).toEqual(['add']);
  });

  test('must be a function of the servant', async () => {
    const hello = {
      object: `${OBJECT}@tcp -h 127.0.0.1 -p ${await freePort()}`,
      methods: HelloMethods,
      idempotent: ['add', 'addd'],
    };
    const create = (): unknown => createServer({ servants: { hello } });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(/servants\.hello\.idempotent.*addd.*sayHello/s);
  });
});
