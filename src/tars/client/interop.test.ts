/** Tests with the reference implementation: its server with our client, its client with our server. */

import { createRequire } from 'node:module';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createServantServer } from '../server/servant-server.ts';
import { method } from '../calls/method.ts';
import { createProxy } from '../calls/proxy.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import { createServantAdapter, type ServantCall } from '../calls/servant-adapter.ts';
import { optional, required, struct } from '../wire/struct.ts';
import { t } from '../wire/types.ts';
import { createDirectCaller } from './direct-caller.ts';
import { freePort } from './link-harness.ts';
import { createTcpLink } from './tcp-link.ts';

const OBJECT = 'TARS.NodeTarsServer.NodeTarsObj';
const DEMO = '@tars/rpc/examples/rpc-tars/demo.1';

const load = createRequire(import.meta.url);

interface User {
  id?: number;
  score?: number;
  name?: string;
}

interface Result {
  id?: number;
  iLevel?: number;
}

const User = struct<User>('tars.User_t', {
  id: optional(0, t.int),
  score: optional(1, t.int),
  name: optional(2, t.string),
});
const Result = struct<Result>('tars.Result_t', { id: optional(0, t.int), iLevel: optional(1, t.int) });

/** The interface of the reference's demo.1. */
const NODE_TARS = {
  test: method<Record<string, never>, { ret: number }>('tars.NodeTars.test', {}, { ret: required(0, t.int) }),
  getall: method<{ stUser: User }, { ret: number; stResult: Result }>(
    'tars.NodeTars.getall',
    { stUser: required(1, User) },
    { ret: required(0, t.int), stResult: required(2, Result) },
  ),
  getUsrName: method<{ sUsrName: string }, { ret: number; sValue1: string; sValue2: string }>(
    'tars.NodeTars.getUsrName',
    { sUsrName: required(1, t.string) },
    { ret: required(0, t.int), sValue1: required(2, t.string), sValue2: required(3, t.string) },
  ),
};

/** The used part of the reference, which has no types for its stubs. */
interface ReferenceCurrent {
  sendResponse(...results: unknown[]): void;
}
interface ReferenceRpc {
  server: { createServer(imp: unknown): { start(options: object): void; stop(): void } };
  client: {
    stringToProxy(proxy: unknown, object: string): ReferenceProxy;
    destroy(): void;
  };
}
interface ReferenceProxy {
  test(options: object): Promise<ReferenceReply>;
  getall(user: unknown, options: object): Promise<ReferenceReply>;
  getUsrName(name: string, options: object): Promise<ReferenceReply>;
}
interface ReferenceReply {
  response: { return: number; arguments: Record<string, unknown> };
}
interface ReferenceImp {
  prototype: Record<string, unknown>;
}

afterAll(() => reference.client.destroy());

// Loaded first, because otherwise an import cycle in the reference causes warnings.
load('@tars/monitor');
const reference = load('@tars/rpc') as ReferenceRpc;

async function startReferenceServer(): Promise<number> {
  const port = await freePort();
  const { NodeTarsImp } = (
    load(`${DEMO}/server.node.1/NodeTars.js`) as { tars: { NodeTarsImp: ReferenceImp } }
  ).tars;
  Object.assign(NodeTarsImp.prototype, {
    initialize() {},
    test() {
      throw Object.assign(new Error('a secret of the servant'), { code: -77 });
    },
    getall(current: ReferenceCurrent, user: User, result: Result) {
      current.sendResponse(1, Object.assign(result, { id: user.id, iLevel: user.score }));
    },
    getUsrName(current: ReferenceCurrent, name: string) {
      current.sendResponse(2, `1 ${name}`, `2 ${name}`);
    },
  });
  const server = reference.server.createServer(NodeTarsImp);
  server.start({
    name: 'NodeTars',
    servant: OBJECT,
    endpoint: `tcp -h 127.0.0.1 -p ${port} -t 60000`,
    protocol: 'tars',
    maxconns: 10,
  });
  onTestFinished(() => server.stop());
  return port;
}

function connectTo(port: number) {
  const caller = createDirectCaller({
    createLink: createTcpLink(),
    object: `${OBJECT}@tcp -h 127.0.0.1 -p ${port} -t 60000`,
  });
  onTestFinished(() => caller.close());
  return createProxy(NODE_TARS, caller);
}

describe('our client and the reference server', () => {
  test('understand each other', async () => {
    const proxy = connectTo(await startReferenceServer());
    expect(await proxy.getall({ stUser: { id: -5, score: 2 ** 31 - 1, name: 'Ω'.repeat(300) } })).toEqual({
      ret: 1,
      stResult: { id: -5, iLevel: 2 ** 31 - 1 },
    });
    expect(await proxy.getUsrName({ sUsrName: 'κόσμε' })).toEqual({
      ret: 2,
      sValue1: '1 κόσμε',
      sValue2: '2 κόσμε',
    });
  });

  test('keep many calls in flight apart, and large ones whole', async () => {
    const proxy = connectTo(await startReferenceServer());
    const names = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(index * 20)}`);
    const replies = await Promise.all(names.map((sUsrName) => proxy.getUsrName({ sUsrName })));
    expect(replies.map(({ sValue1 }) => sValue1)).toEqual(names.map((name) => `1 ${name}`));
  });

  test('errors are return codes, and five of them disturb nothing', async () => {
    const proxy = connectTo(await startReferenceServer());
    const failing = Array.from({ length: 6 }, () => proxy.test());
    const other = proxy.getUsrName({ sUsrName: 'other' });
    for (const outcome of await Promise.allSettled(failing)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { ret: -77 } });
      expect(String((outcome as PromiseRejectedResult).reason)).not.toContain('secret');
    }
    expect(await other).toMatchObject({ ret: 2 });
  });
});

describe('our server and the reference client', () => {
  interface Served {
    readonly proxy: ReferenceProxy;
    readonly User: new () => User;
    readonly calls: ServantCall[];
  }

  async function serve(): Promise<Served> {
    const calls: ServantCall[] = [];
    const adapter = createServantAdapter(NODE_TARS, {
      test: async () => {
        throw new Error('a secret of the servant');
      },
      getall: async ({ stUser }, call) => {
        calls.push(call);
        return { ret: 1, stResult: { id: stUser.id, iLevel: stUser.score } };
      },
      getUsrName: async ({ sUsrName }) => ({ ret: 2, sValue1: `1 ${sUsrName}`, sValue2: `2 ${sUsrName}` }),
    });
    const server = createServantServer({
      host: '127.0.0.1',
      port: 0,
      servants: new Map([[OBJECT, adapter]]),
    });
    const { port } = await server.listen();
    const { NodeTarsProxy, User_t: User } = (
      load(`${DEMO}/client.node.proxy/NodeTarsProxy.js`) as {
        tars: { NodeTarsProxy: unknown; User_t: new () => User };
      }
    ).tars;
    const proxy = reference.client.stringToProxy(
      NodeTarsProxy,
      `${OBJECT}@tcp -h 127.0.0.1 -p ${port} -t 60000`,
    );
    onTestFinished(() => server.close());
    return { proxy, User, calls };
  }

  test('understand each other', async () => {
    const { proxy, User, calls } = await serve();
    const user = Object.assign(new User(), { id: 200, score: -1, name: 'somebody' });
    const all = await proxy.getall(user, { context: { a: '1' } });
    expect(all.response).toMatchObject({ return: 1, arguments: { stResult: { id: 200, iLevel: -1 } } });
    expect(calls).toMatchObject([{ context: new Map([['a', '1']]), remoteAddress: '127.0.0.1' }]);
    const names = Array.from({ length: 300 }, (_, index) => `${index} ${'Ω'.repeat(index)}`);
    const replies = await Promise.all(names.map((name) => proxy.getUsrName(name, {})));
    expect(replies.map(({ response }) => response.arguments['sValue2'])).toEqual(
      names.map((name) => `2 ${name}`),
    );
  });

  test('a servant that fails is a return code without its words', async () => {
    const { proxy } = await serve();
    await expect(proxy.test({})).rejects.toMatchObject({
      response: { error: { code: RETURN_CODES.failed, message: '' } },
    });
  });
});
