/** Servants behind proxies of `@tars/rpc`, against the real package: its client in our server, and its own server. */

import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError, createServer, RpcError } from '../src/index.ts';
import { fromTarsRpc, type TarsRpcOptions } from '../src/tars.ts';
import {
  answer as answerFrame,
  startPeer,
  startServant,
  type Peer,
} from '../src/tars/client/link-harness.ts';
import { method } from '../src/tars/calls/method.ts';
import { createServantAdapter } from '../src/tars/calls/servant-adapter.ts';
import { EndpointF } from '../src/tars/client/registry-types.ts';
import { createServantServer } from '../src/tars/server/servant-server.ts';
import { required } from '../src/tars/wire/struct.ts';
import { t } from '../src/tars/wire/types.ts';
import { ResponsePacket } from '../src/tars/wire/packets.ts';
import { TarsEncodeError } from '../src/tars/wire/wire-errors.ts';
import { pickPort } from './support/pick-port.ts';
import { startServer } from './support/start-server.ts';

const OBJECT = 'TARS.NodeTarsServer.NodeTarsObj';
const DEMO = '@tars/rpc/examples/rpc-tars/demo.1';

const load = createRequire(import.meta.url);

interface User {
  id: number;
  score: number;
  name: string;
  packetType?: number;
}

interface Reply<Outs extends object> {
  readonly response: { readonly return: number; readonly arguments: Outs };
}

/** The functions of the generated proxy. */
interface NodeTars {
  test(options?: TarsRpcOptions): Promise<Reply<object>>;
  getall(
    stUser: User,
    options?: TarsRpcOptions,
  ): Promise<Reply<{ stResult: { id: number; iLevel: number } }>>;
  getUsrName(
    sUsrName: string,
    options?: TarsRpcOptions,
  ): Promise<Reply<{ sValue1: string; sValue2: string }>>;
  setTimeout(ms: number): void;
}

interface Current {
  sendResponse(...results: unknown[]): void;
}

/** The used part of the package, which has no types for generated code. */
interface TarsRpc {
  readonly server: { createServer(imp: unknown): { start(options: object): void; stop(): void } };
  readonly client: {
    stringToProxy(proxy: unknown, object: string): NodeTars;
    setProperty(name: string, value: string): void;
    destroy(): void;
  };
}

afterAll(() => rpc.client.destroy());

// Loaded first, because otherwise an import cycle in the package causes warnings.
load('@tars/monitor');
const rpc = load('@tars/rpc') as TarsRpc;
const { NodeTarsProxy, User_t: UserStruct } = (
  load(`${DEMO}/client.node.proxy/NodeTarsProxy.js`) as {
    tars: { NodeTarsProxy: unknown; User_t: new () => User };
  }
).tars;

const at = (...ports: number[]): string =>
  ports.map((port) => `tcp -h 127.0.0.1 -p ${port} -t 60000`).join(':');

/** Starts the package's own server. Its `test` throws with the code 77, and it does not answer `silent`. */
async function startReal(given?: number): Promise<{ port: number; stop: () => void; calls: string[] }> {
  const port = given ?? (await pickPort());
  const calls: string[] = [];
  const { NodeTarsImp } = (
    load(`${DEMO}/server.node.1/NodeTars.js`) as {
      tars: { NodeTarsImp: { prototype: Record<string, unknown> } };
    }
  ).tars;
  Object.assign(NodeTarsImp.prototype, {
    initialize() {},
    test() {
      calls.push('test');
      throw Object.assign(new Error('a secret of the servant'), { code: 77 });
    },
    getall(current: Current, user: User, result: object) {
      calls.push('getall');
      current.sendResponse(1, Object.assign(result, { id: user.id, iLevel: user.score }));
    },
    getUsrName(current: Current, name: string) {
      calls.push(name);
      if (name !== 'silent') current.sendResponse(2, `1 ${name}`, `2 ${name}`);
    },
  });
  const server = rpc.server.createServer(NodeTarsImp);
  server.start({
    name: 'NodeTars',
    servant: OBJECT,
    endpoint: at(port),
    protocol: 'tars',
    maxconns: 10,
  });
  let isStopped = false;
  const stop = (): void => {
    if (!isStopped) server.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  return { port, stop, calls };
}

async function serve(
  ports: readonly number[],
  options: { idempotent?: string[]; callSeconds?: number } = {},
) {
  const proxy = rpc.client.stringToProxy(NodeTarsProxy, `${OBJECT}@${at(...ports)}`);
  const { idempotent = [], callSeconds = 3 } = options;
  const started = await startServer({
    servants: { node: fromTarsRpc(proxy, { idempotent }) },
    rooms: { '*': { rpc: ['node.*'] } },
    tars: { callSeconds },
  });
  const client = await started.connect();
  const ask = async (func: string, args: object): Promise<unknown> => {
    const frame = await client.ask(`rpc|${JSON.stringify({ roomNum: 'r', method: `node.${func}`, args })}`);
    return JSON.parse(frame.slice('rpc|'.length));
  };
  return { ...started, ask, node: started.server.rpc.node };
}

const failureOf = (calling: Promise<unknown>): Promise<unknown> =>
  calling.then(
    () => 'none',
    (error: unknown) => (error instanceof RpcError ? error.failure : error),
  );

describe('a proxy of @tars/rpc as a servant', () => {
  test('is called by handlers with its own arguments and replies', async () => {
    const { port } = await startReal();
    const { node, server } = await serve([port]);
    const reply = await node.getUsrName('Ω');
    expect(reply.response).toMatchObject({ return: 2, arguments: { sValue1: '1 Ω', sValue2: '2 Ω' } });
    const user = Object.assign(new UserStruct(), { id: -5, score: 2 ** 31 - 1, name: 'x' });
    const { response } = await node.getall(user);
    expect(response).toMatchObject({ return: 1, arguments: { stResult: { id: -5, iLevel: 2 ** 31 - 1 } } });
    expect(server.health().servants).toEqual({ node: 'ready.circuit.closed' });
    expect(Object.keys(node).toSorted()).toEqual(['getUsrName', 'getall', 'test']);
  });

  test('is called by clients with arguments by name', async () => {
    const { port } = await startReal();
    const { ask } = await serve([port]);
    expect(await ask('getUsrName', { sUsrName: 'Ann' })).toEqual({
      method: 'node.getUsrName',
      result: { ret: 2, sValue1: '1 Ann', sValue2: '2 Ann' },
    });
  });

  test.each([
    ['a number for a text', { sUsrName: 5 }],
    ['nothing', {}],
    ['null', { sUsrName: null }],
    ['an object', { sUsrName: { toString: 'x' } }],
    ['a list', { sUsrName: ['x'] }],
  ])('refuses %s of a client, which is not sent', async (_, args) => {
    const { port, calls } = await startReal();
    const { ask } = await serve([port]);
    expect(await ask('getUsrName', args)).toMatchObject({ error: { code: 107 } });
    expect(calls).toEqual([]);
  });

  test('keeps many calls apart', async () => {
    const { port } = await startReal();
    const { node } = await serve([port]);
    const names = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(index * 20)}`);
    const replies = await Promise.all(names.map((name) => node.getUsrName(name)));
    expect(replies.map(({ response }) => response.arguments.sValue1)).toEqual(
      names.map((name) => `1 ${name}`),
    );
  });

  test('may be made by a later generator', async () => {
    interface Later {
      testRpcCall(sUsrName: string): Promise<Reply<{ sValue: string }>>;
      test(): Promise<Reply<object>>;
    }
    const { NodeTarsProxy: LaterProxy } = (
      load('@tars/rpc/test/client/mockserver/NodeTarsProxy.js') as { TRom: { NodeTarsProxy: unknown } }
    ).TRom;
    const peer = await startServant(({ requestId, func }, socket) => {
      const ret = func === 'test' ? -5 : 0;
      const body = new Uint8Array([0x00, 0x07, 0x26, 0x01, 0x41]);
      socket.write(ResponsePacket.encodeFrame({ requestId, ret, body, description: '' }));
    });
    const proxy = rpc.client.stringToProxy(
      LaterProxy,
      `TRom.Later.LaterObj@${at(peer.port)}`,
    ) as object as Later;
    const { server } = await startServer({ servants: { later: fromTarsRpc(proxy) } });
    const { response } = await server.rpc.later.testRpcCall('x');
    expect(response).toMatchObject({ return: 7, arguments: { sValue: 'A' } });
    await expect(server.rpc.later.test()).rejects.toMatchObject({ failure: 'servantFailed', ret: -5 });
  });

  test('must be one: anything else is refused, and so are idempotent functions that it has not', async () => {
    expect(() => fromTarsRpc({})).toThrow(TypeError);
    const proxy = rpc.client.stringToProxy(NodeTarsProxy, `${OBJECT}@${at(await pickPort())}`);
    const create = (): unknown =>
      createServer({ servants: { node: fromTarsRpc(proxy, { idempotent: ['nothing'] }) } });
    expect(create).toThrow(ConfigError);
  });
});

describe('what @tars/rpc does by itself is contained:', () => {
  test('a struct with fields that look like options changes nothing', async () => {
    const { port } = await startReal();
    const { node } = await serve([port]);
    const user = Object.assign(new UserStruct(), { id: 1, score: 2, packetType: 1, context: { a: 'b' } });
    expect((await node.getall(user)).response.arguments.stResult).toMatchObject({ id: 1, iLevel: 2 });
  });

  test('arguments that cannot be encoded reject the call, instead of being thrown', async () => {
    const { port, calls } = await startReal();
    const { node } = await serve([port]);
    const calling = node.getall(undefined as never);
    await expect(calling).rejects.toBeInstanceOf(TarsEncodeError);
    expect(calls).toEqual([]);
  });

  test.each([
    ['a number', { id: 7 }, 'context.id'],
    ['nothing', { id: undefined }, 'context.id'],
    ['a Map', new Map([['id', 'x']]), 'context'],
  ])('a context with or as %s rejects the call alone', async (_what, context, path) => {
    const { port } = await startReal();
    const { node } = await serve([port]);
    const other = node.getUsrName('other');
    const wrong = node.getUsrName('wrong', { context: context as never });
    await expect(wrong).rejects.toMatchObject({ code: 'TARS_ENCODE', path });
    expect((await other).response.return).toBe(2);
  });

  test('error replies are answers: many of them disturb no other call, and open no circuit', async () => {
    const { port } = await startReal();
    const { node, server, ask } = await serve([port]);
    const failing = Array.from({ length: 40 }, () => failureOf(node.test()));
    const other = node.getUsrName('other');
    expect(new Set(await Promise.all(failing))).toEqual(new Set(['servantFailed']));
    expect((await other).response.return).toBe(2);
    expect(server.health().servants).toEqual({ node: 'ready.circuit.closed' });
    const answer = await ask('test', {});
    expect(answer).toMatchObject({ error: { code: 1008 } });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  test('a call without a reply resolves when it is sent', async () => {
    const { port, calls } = await startReal();
    const { node } = await serve([port]);
    expect(await node.getUsrName('one-way', { packetType: 1 })).toBeUndefined();
    await node.getUsrName('after');
    expect(calls).toEqual(['one-way', 'after']);
  });

  test('a call has its own deadline, whatever the proxy says', async () => {
    const { port } = await startReal();
    const { node } = await serve([port]);
    await node.getUsrName('first');
    expect(await failureOf(node.getUsrName('silent', { deadlineMs: 50 }))).toBe('timedOut');
    expect((await node.getUsrName('next')).response.return).toBe(2);
  });

  test('a servant that is not running is refused at once, and used when it runs', async () => {
    const port = await pickPort();
    const { node } = await serve([port]);
    expect(await failureOf(node.getUsrName('x'))).toBe('refused');
    await startReal(port);
    let reply: unknown;
    while (typeof reply !== 'object') {
      reply = await node.getUsrName('x').catch(() => undefined);
      await nextTurn();
    }
    expect(reply).toMatchObject({ response: { return: 2 } });
  });

  test('a servant that dies loses its calls at once', async () => {
    const peer = await startServant(({ func }, socket) => {
      if (func === 'getUsrName') socket.destroy();
    });
    const { node } = await serve([peer.port]);
    expect(await failureOf(node.getUsrName('x'))).toBe('connectionLost');
  });

  /** A peer that answers with these bytes. */
  const startLiar = (bytes: Buffer): Promise<Peer> =>
    startPeer((socket) => socket.on('data', () => socket.write(bytes)));

  test.each([
    ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a frame of length 0', Buffer.from('00000000', 'hex')],
    ['a frame of 4 GiB', Buffer.from('ffffffff', 'hex')],
    ['a packet that ends early', Buffer.from('000000061001', 'hex')],
  ])('bytes that are no reply cost the connection, and not the process: %s', async (_, bytes) => {
    const peer = await startLiar(bytes);
    const { node, server } = await serve([peer.port]);
    expect(await failureOf(node.getUsrName('x'))).toBe('undecodable');
    expect(server.health().status).toBe('ok');
  });

  test('a result that cannot be decoded is an error of the call, and is told', async () => {
    const peer = await startServant((request, socket) => {
      const body = new Uint8Array([0x06, 0x01, 0x41]);
      const { requestId } = request;
      socket.write(ResponsePacket.encodeFrame({ requestId, ret: 0, body, description: '' }));
    });
    const { node, server, ask } = await serve([peer.port]);
    const failures: object[] = [];
    server.on('rpc.failed', ({ func, failure }) => failures.push({ func, failure }));
    expect(await failureOf(node.getUsrName('x'))).toBe('undecodable');
    expect(await ask('getUsrName', { sUsrName: 'x' })).toMatchObject({ error: { code: 1010 } });
    expect(failures).toEqual([1, 2].map(() => ({ func: 'getUsrName', failure: 'undecodable' })));
  });

  test('a servant that hangs opens the circuit of the proxy', async () => {
    const peer = await startPeer(() => {});
    const { node } = await serve([peer.port], { callSeconds: 0.05 });
    const failures: unknown[] = [];
    while (!failures.includes('circuitOpen') && failures.length < 30)
      failures.push(await failureOf(node.getUsrName('x')));
    expect(failures[0]).toBe('timedOut');
    expect(failures.at(-1)).toBe('circuitOpen');
  });

  test('of two endpoints, one that hangs is avoided, and an idempotent call is tried at the other', async () => {
    const real = await startReal();
    const hung = await startPeer(() => {});
    const { node, server } = await serve([hung.port, real.port], {
      callSeconds: 0.4,
      idempotent: ['getUsrName'],
    });
    const circuits: string[] = [];
    server.on('servant.endpoint', ({ endpoint, circuit }) => circuits.push(`${endpoint} ${circuit}`));
    while (circuits.length === 0)
      await Promise.all(
        ['a', 'b', 'c', 'd', 'e', 'f'].map(async (name) =>
          expect((await node.getUsrName(name)).response.return).toBe(2),
        ),
      );
    expect(circuits[0]).toBe(`tcp -h 127.0.0.1 -p ${hung.port} open`);
  });

  test('a reply to a call that nobody waits for is ignored', async () => {
    const peer = await startServant((request, socket) => {
      socket.write(answerFrame({ ...request, requestId: 4711, body: new Uint8Array([0x16, 0x01, 0x41]) }));
      socket.destroy();
    });
    const { node } = await serve([peer.port]);
    expect(await failureOf(node.getUsrName('x'))).toBe('connectionLost');
  });
});

describe('an object without endpoints', () => {
  const GROUP_QUERY = {
    findObjectByIdInSameGroup: method<
      { id: string },
      { ret: number; activeEp: EndpointF[]; inactiveEp: EndpointF[] }
    >(
      'tars.QueryF.findObjectByIdInSameGroup',
      { id: required(1, t.string) },
      {
        ret: required(0, t.int),
        activeEp: required(2, t.vector(EndpointF)),
        inactiveEp: required(3, t.vector(EndpointF)),
      },
    ),
  };

  /** A registry that tells these ports; undefined: it is not running. */
  async function locate(ports: readonly number[] | undefined) {
    const port = await pickPort();
    rpc.client.setProperty('locator', `tars.tarsregistry.QueryObj@${at(port)}`);
    if (ports !== undefined) {
      const activeEp = ports.map((one) => ({
        host: '127.0.0.1',
        port: one,
        timeout: 3000,
        istcp: 1,
        grid: 0,
      }));
      const adapter = createServantAdapter(GROUP_QUERY, {
        findObjectByIdInSameGroup: async () => ({ ret: 0, activeEp, inactiveEp: [] }),
      });
      const servants = new Map([['tars.tarsregistry.QueryObj', adapter]]);
      const registry = createServantServer({ host: '127.0.0.1', port, servants });
      onTestFinished(() => registry.close());
      await registry.listen();
    }
    // A name of its own, because the package keeps one object a name.
    const proxy = rpc.client.stringToProxy(NodeTarsProxy, `TARS.NodeTarsServer.Obj${port}`);
    const { server } = await startServer({
      servants: { node: fromTarsRpc(proxy) },
      tars: { callSeconds: 5 },
    });
    return server.rpc.node;
  }

  test('is looked up by @tars/rpc', async () => {
    const peer = await startServant((request, socket) => {
      const body = new Uint8Array([0x00, 0x07, 0x26, 0x01, 0x41, 0x36, 0x01, 0x42]);
      socket.write(
        ResponsePacket.encodeFrame({ requestId: request.requestId, ret: 0, body, description: '' }),
      );
    });
    const node = await locate([peer.port]);
    const { response } = await node.getUsrName('x');
    expect(response).toMatchObject({ return: 7, arguments: { sValue1: 'A', sValue2: 'B' } });
  });

  test('that the registry does not know has no endpoint', async () => {
    const node = await locate([]);
    expect(await failureOf(node.getUsrName('x'))).toBe('noEndpoint');
  });

  test('cannot be called while the registry is not running', async () => {
    const node = await locate(undefined);
    expect(await failureOf(node.getUsrName('x'))).toBe('registryUnreachable');
  });
});
