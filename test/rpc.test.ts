import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test, onTestFinished } from 'vitest';
import { createHelloServer, HELLO_OBJECT } from '../src/server/demo/hello-servant.ts';
import { HelloMethods } from '../src/tars/servants/hello.ts';
import { createPushProxy, Outcome } from '../src/tars/servants/statecast.ts';
import { createDirectCaller } from '../src/tars/client/direct-caller.ts';
import { createTcpLink } from '../src/tars/client/tcp-link.ts';
import { createServantServer } from '../src/tars/server/servant-server.ts';
import type { ServantAdapter } from '../src/tars/calls/servant-adapter.ts';
import {
  answer,
  createServer,
  drop,
  ListenError,
  RpcError,
  type ServantDefinitions,
  type ServerOptions,
} from '../src/index.ts';
import { nextEvent } from './support/event-watch.ts';
import { sendByRoom } from './support/line-client.ts';
import { pickPort } from './support/pick-port.ts';
import { makeTempDir } from './support/temp-dir.ts';
import { startProcess } from './support/start-process.ts';
import { startServer } from './support/start-server.ts';

/** Starts the example servant, and returns its entry for the settings of a server. */
async function startHello(port = 0) {
  const errors: unknown[] = [];
  const hello = createHelloServer(port, (error) => errors.push(error));
  onTestFinished(() => hello.close());
  const address = await hello.listen();
  const object = `${HELLO_OBJECT}@tcp -h 127.0.0.1 -p ${address.port}`;
  return { hello, errors, object, servants: { hello: { object, methods: HelloMethods } } };
}

const rpc = (method: string, args: object = {}, roomNum = 'room1') =>
  `rpc|${JSON.stringify({ roomNum, method, args })}`;
const called = (frame: string): unknown => JSON.parse(frame.replace(/^rpc\|/, ''));

describe('a call by the line protocol', () => {
  async function startAllowed(allowed: readonly string[], options: ServerOptions = {}) {
    const { servants } = await startHello();
    const { connect, server } = await startServer({
      ...options,
      servants,
      rooms: { 'room*': { rpc: allowed } },
    });
    return { client: await connect(), server };
  }

  test('is answered with the function’s result', async () => {
    const { client } = await startAllowed(['hello.*']);
    expect(await client.ask(rpc('hello.sayHello', { name: 'Ann' }))).toBe(
      'rpc|{"method":"hello.sayHello","result":{"ret":"Hello, Ann!"}}',
    );
  });

  test.each(['"a random id"', '7', '12345678901234567890', '""'])('has the id %s of its call', async (id) => {
    const { client } = await startAllowed(['hello.*']);
    const call = (method: string): string =>
      `rpc|{"roomNum":"room1","method":"${method}","args":{"name":"Ann"},"id":${id}}`;
    expect(await client.ask(call('hello.sayHello'))).toBe(
      `rpc|{"id":${id},"method":"hello.sayHello","result":{"ret":"Hello, Ann!"}}`,
    );
    expect(await client.ask(call('other.call'))).toMatch(`rpc|{"id":${id},"method":"other.call","error":`);
  });

  test('has structs, enums, lists, maps and bytes as JSON', async () => {
    const { client } = await startAllowed(['hello.*']);
    const visitor = { name: 'Bo', mood: 2, languages: ['xx', 'de'] };
    expect(called(await client.ask(rpc('hello.greet', { visitor })))).toMatchObject({
      result: { ret: 0, greeting: { text: 'Guten Tag, Bo.', visits: 1 } },
    });
    expect(called(await client.ask(rpc('hello.countWords', { texts: ['a b', 'B'] })))).toMatchObject({
      result: { ret: 2, counts: { a: 1, b: 2 } },
    });
    const payload = Buffer.from('héllo').toString('base64');
    expect(called(await client.ask(rpc('hello.echo', { payload })))).toMatchObject({
      result: { ret: payload },
    });
  });

  test('is refused unless its room allows the function', async () => {
    const { client } = await startAllowed(['hello.add']);
    expect(called(await client.ask(rpc('hello.sayHello', { name: 'x' })))).toMatchObject({
      error: { code: 103 },
    });
    expect(called(await client.ask(rpc('hello.add', { a: 1, b: 2 }, 'other')))).toMatchObject({
      error: { code: 103 },
    });
    expect(called(await client.ask(rpc('hello.add', { a: 1, b: 2 })))).toMatchObject({ result: { ret: 3 } });
  });

  test.each([
    ['a function that is not there', rpc('hello.nothing'), 1009],
    ['a servant that is not there', rpc('goodbye.sayHello'), 1009],
    ['an argument of another type', rpc('hello.add', { a: 'one', b: 2 }), 107],
    ['an argument that is missing', rpc('hello.add', { a: 1 }), 107],
    ['a number that does not fit', rpc('hello.add', { a: 2 ** 31, b: 0 }), 107],
  ])('of %s is answered with its code', async (_, frame, code) => {
    const { client } = await startAllowed(['hello.*', 'goodbye.*']);
    expect(called(await client.ask(frame))).toMatchObject({ error: { code, message: expect.any(String) } });
  });

  test.each([
    'rpc|',
    'rpc|{',
    'rpc|[]',
    'rpc|{"roomNum":"r"}',
    'rpc|{"method":"m"}',
    'rpc|{"roomNum":"r","method":1}',
    'rpc|{"roomNum":"r","method":"m","args":[]}',
    'rpc|{"roomNum":"r","method":"m","id":{}}',
    `rpc|{"roomNum":"r","method":"m","id":"${'x'.repeat(65)}"}`,
  ])('that cannot be read is an error line: %s', async (frame) => {
    const { client } = await startAllowed(['hello.*']);
    expect(await client.ask(frame)).toMatch(/^Error: /);
    expect(await client.ask('ping')).toBe('pong');
  });
});

describe('a servant with problems', () => {
  test('has another error than one that was never there, and is used again when it is back', async () => {
    const port = await pickPort();
    const { hello, servants } = await startHello(port);
    const { connect } = await startServer({ servants, rooms: { '*': { rpc: ['hello.*'] } } });
    const client = await connect();
    expect(called(await client.ask(rpc('hello.add', { a: 1, b: 1 })))).toMatchObject({ result: { ret: 2 } });
    await hello.close();
    const codes = new Set<number>();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const reply = called(await client.ask(rpc('hello.add', { a: 1, b: 1 }))) as { error: { code: number } };
      codes.add(reply.error.code);
    }
    expect([...codes].filter((code) => code !== 1006)).toEqual([1001]);
    await startHello(port);
    let back: unknown;
    while (!JSON.stringify(back ?? '').includes('result'))
      back = called(await client.ask(rpc('hello.add', { a: 2, b: 2 })));
    expect(back).toMatchObject({ result: { ret: 4 } });
  });
});

describe('a servant that is hostile', () => {
  /** Starts a peer that calls this function for every chunk that it gets. */
  async function startPeer(answerWith: (socket: Socket) => void, callSeconds = 10) {
    const sockets = new Set<Socket>();
    const peer = createNetServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => answerWith(socket));
    });
    await new Promise<void>((resolve) => {
      peer.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      peer.close();
    });
    const { port } = peer.address() as AddressInfo;
    const servants = { hello: { object: `A.B.C@tcp -h 127.0.0.1 -p ${port}`, methods: HelloMethods } };
    const { connect } = await startServer({
      servants,
      rooms: { '*': { rpc: ['hello.*'] } },
      tars: { callSeconds },
    });
    return connect();
  }

  test.each([
    ['sends garbage', Buffer.from('ffffffffffffffff', 'hex'), 1010],
    ['declares a frame of 4 GiB', Buffer.from('fffffff0', 'hex'), 1010],
    ['declares a frame of 3 bytes', Buffer.from('00000003', 'hex'), 1010],
    ['sends a frame of nonsense', Buffer.from('0000000cdeadbeefdeadbeef', 'hex'), 1010],
  ])('and %s loses the call and its connection, and the server goes on', async (_, bytes, code) => {
    const client = await startPeer((socket) => socket.write(bytes));
    expect(called(await client.ask(rpc('hello.add', { a: 1, b: 2 })))).toMatchObject({ error: { code } });
    expect(await client.ask('ping')).toBe('pong');
    expect(called(await client.ask(rpc('hello.add', { a: 1, b: 2 })))).toMatchObject({ error: { code } });
  });

  test('and closes at every call is reported as a lost connection', async () => {
    const client = await startPeer((socket) => socket.destroy());
    expect(called(await client.ask(rpc('hello.add', { a: 1, b: 2 })))).toMatchObject({
      error: { code: 1006 },
    });
  });

  test('and never answers is timed out, and then its circuit opens', async () => {
    const client = await startPeer(() => undefined, 0.05);
    const codes: number[] = [];
    while (!codes.includes(1007) && codes.length < 30) {
      const { error } = called(await client.ask(rpc('hello.add', { a: 1, b: 2 }))) as {
        error: { code: number };
      };
      codes.push(error.code);
    }
    expect(codes.slice(0, 3)).toEqual([1005, 1005, 1005]);
    expect(codes.at(-1)).toBe(1007);
  });
});

describe('handlers and routes', () => {
  test('call servants by typed proxies', async () => {
    const { servants } = await startHello();
    const { connect, request, server } = await startServer({
      servants,
      rooms: {
        '*': {
          async onMessage({ data, rpc: { hello } }) {
            if (typeof data !== 'string') return drop();
            const { ret } = await hello.sayHello({ name: data });
            return answer(ret);
          },
        },
      },
      routes: {
        'GET /add/:a/:b': async ({ params, server: { rpc: proxies } }) => {
          const { ret } = await proxies.hello.add({ a: Number(params['a']), b: Number(params['b']) });
          return String(ret);
        },
      },
    });
    const client = await connect();
    client.send(sendByRoom('room1', 'Cy'));
    expect(await client.take(2)).toEqual(['Hello, Cy!', 'SendByRoom success!']);
    expect((await request('/add/2/40')).body).toBe('42');
    expect(server.health().servants).toEqual({ hello: 'ready.circuit.closed' });
  });

  test('get a typed error for a failure', async () => {
    const port = await pickPort();
    const definitions: ServantDefinitions = {
      gone: { object: `A.B.C@tcp -h 127.0.0.1 -p ${port}`, methods: HelloMethods },
    };
    const { server } = await startServer({ servants: definitions });
    const error: unknown = await server.rpc['gone']
      ?.['sayHello']?.({ name: 'x' })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ failure: 'refused', clientMessage: 'the servant is not running' });
  });
});

describe('a trace', () => {
  test('is sent with every call: that of the caller or a new one', async () => {
    const traces: (string | undefined)[] = [];
    const adapter: ServantAdapter = {
      async dispatch(_func, _body, call) {
        traces.push(call?.context.get('traceparent'));
        return { ret: 0, body: HelloMethods.add.result.encode({ ret: 0 }) };
      },
    };
    const servant = createServantServer({
      host: '127.0.0.1',
      port: 0,
      servants: new Map([['A.B.C', adapter]]),
    });
    onTestFinished(() => servant.close());
    const { port } = await servant.listen();
    const servants = { hello: { object: `A.B.C@tcp -h 127.0.0.1 -p ${port}`, methods: HelloMethods } };
    const { server } = await startServer({ servants });
    await server.rpc.hello.add({ a: 0, b: 0 });
    await server.rpc.hello.add({ a: 0, b: 0 }, { context: new Map([['traceparent', 'mine']]) });
    expect(traces).toEqual([expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/), 'mine']);
  });
});

describe('the servant Statecast.Push', () => {
  async function startPush(secret?: string) {
    const port = await pickPort();
    const tars = { listen: `tcp -h 127.0.0.1 -p ${port}`, ...(secret !== undefined && { secret }) };
    const running = await startServer({ tars });
    const caller = createDirectCaller({
      createLink: createTcpLink(),
      object: `Statecast.PushServer.PushObj@${tars.listen}`,
    });
    onTestFinished(() => caller.close());
    return { ...running, push: createPushProxy(caller) };
  }

  test('pushes into rooms and to all connections, and lists members', async () => {
    const { connect, push } = await startPush();
    const [member, other] = [await connect(), await connect()];
    await member.join('room1');
    expect(await push.pushByRoom({ room: 'room1', message: 'hi' })).toEqual({
      ret: Outcome.done,
      delivered: 1,
    });
    expect(await member.next()).toBe('hi');
    expect(await push.pushAll({ message: 'all' })).toEqual({ ret: Outcome.done, delivered: 2 });
    expect([await member.next(), await other.next()]).toEqual(['all', 'all']);
    const { list } = await push.members({ room: 'room1' });
    expect(list).toMatchObject([{ user: '', away: false }]);
    expect(await push.rooms({ limit: 0 })).toEqual({
      ret: Outcome.done,
      list: [{ name: 'room1', members: 1 }],
      total: 1,
    });
    expect(await other.settle()).toEqual([]);
  });

  test('removes members from rooms, and closes connections', async () => {
    const { connect, push, server } = await startPush();
    const client = await connect();
    await client.join('room1');
    const id = (await server.members('room1'))[0]?.id ?? '';
    expect(await push.kick({ room: 'room1', id, reason: 'behave' })).toEqual({ ret: Outcome.done });
    expect(await client.next()).toBe('Error: behave');
    expect(await server.members('room1')).toEqual([]);
    expect(await push.pushByRoom({ room: 'room1', message: 'still?' })).toEqual({
      ret: Outcome.done,
      delivered: 0,
    });
    expect(await client.settle()).toEqual([]);
    await client.join('room1');
    expect(await push.kick({ room: '', id, reason: '' })).toEqual({ ret: Outcome.done });
    expect(await client.closed).toEqual({ code: 3503, reason: 'force disconnect' });
    const opened = nextEvent(server, 'connection.opened');
    const other = await connect();
    const { id: otherId } = await opened;
    expect(await push.kick({ room: '', id: otherId, reason: 'good night' })).toEqual({ ret: Outcome.done });
    expect(await other.closed).toEqual({ code: 3503, reason: 'good night' });
    expect(await push.kick({ room: 'room1', id, reason: 'again' })).toEqual({ ret: Outcome.notFound });
  });

  test('takes names and messages that look like numbers letter by letter', async () => {
    const { connect, push } = await startPush();
    const client = await connect();
    await client.join('9007199254740993');
    for (const room of ['9007199254740992', '9007199254740993.0', '9007199254740993']) {
      const delivered = room === '9007199254740993' ? 1 : 0;
      expect(await push.pushByRoom({ room, message: '1e400' })).toEqual({ ret: Outcome.done, delivered });
    }
    expect(await client.settle()).toEqual(['1e400']);
  });

  test('has the same limits as other ways to publish', async () => {
    const { push } = await startPush();
    expect(await push.pushByRoom({ room: '', message: 'x' })).toMatchObject({ ret: Outcome.badRoom });
    expect(await push.pushAll({ message: 'x'.repeat(65_537) })).toMatchObject({ ret: Outcome.badMessage });
  });

  test('needs the secret in the context if one is set', async () => {
    const { push, server } = await startPush('a secret of many letters');
    const refused: object[] = [];
    server.on('access.refused', (event) => refused.push(event));
    await expect(push.pushAll({ message: 'x' })).rejects.toThrow(/-1/);
    const wrong = new Map([['secret', 'another secret']]);
    await expect(push.pushAll({ message: 'x' }, { context: wrong })).rejects.toThrow(/-1/);
    const told = { to: 'Statecast.Push', remoteAddress: '127.0.0.1' };
    expect(refused).toEqual([told, told]);
    const context = new Map([['secret', 'a secret of many letters']]);
    expect(await push.pushAll({ message: 'x' }, { context })).toMatchObject({ ret: Outcome.done });
  });
});

test('a port in use, and an address beyond loopback without a secret, are refused with a clear error', async () => {
  const port = await pickPort();
  await startServer({ tars: { listen: `tcp -h 127.0.0.1 -p ${port}` } });
  const second = createServer({ port: 0, tars: { listen: `tcp -h 127.0.0.1 -p ${port}` } });
  await expect(second.listen()).rejects.toBeInstanceOf(ListenError);
  const open = (): unknown => createServer({ tars: { listen: `tcp -h 0.0.0.0 -p ${port}` } });
  expect(open).toThrow(/tars\.secret/);
});

describe('the demo', () => {
  test('answers calls of the example servant without settings', async () => {
    const { connect, banner } = await startProcess(['--demo', '--data-dir', await makeTempDir()]);
    expect(banner).toContain('hello.sayHello');
    const client = await connect();
    expect(called(await client.ask(rpc('hello.sayHello', { name: 'you' })))).toEqual({
      method: 'hello.sayHello',
      result: { ret: 'Hello, you!' },
    });
  });
});
