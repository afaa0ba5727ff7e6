/** `serve` of the library: a server of a project as a process, with settings from code, file and environment. */

import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  ConfigError,
  createMemoryStore,
  drop,
  ListenError,
  serve,
  type RoomDefinition,
  type ServeOptions,
} from '../src/index.ts';
import { reach } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

async function start(options: ServeOptions = {}, file?: object) {
  const dir = await makeTempDir();
  const path = join(dir, 'settings.json');
  if (file !== undefined) await writeFile(path, JSON.stringify(file));
  const running = await serve({
    port: 0,
    dataDir: join(dir, 'data'),
    log: { level: 'silent' },
    args: file === undefined ? ['start'] : ['start', `--config=${path}`],
    ...options,
  });
  onTestFinished(() => running.stop());
  const { host, port } = running.address;
  return { ...running, dir, ...reach(`http://${host}:${port}/`) };
}

test('settings of code, file and environment are one; a later source wins, and handlers stay', async () => {
  vi.stubEnv('STATECAST_LIMITS_ROOMS', '33');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { server, connect } = await start(
    {
      limits: { rooms: 11, roomCapacity: 12 },
      drainSeconds: 1,
      rooms: {
        'room*': { capacity: 1, onMessage: ({ data }) => (data === 'spam' ? drop('no spam') : undefined) },
      },
    },
    { limits: { rooms: 22, messageBytes: 99 }, drainSeconds: 2, rooms: { 'room*': { capacity: 2 } } },
  );
  expect(server.settings).toMatchObject({
    drainSeconds: 2,
    limits: { rooms: 33, roomCapacity: 12, messageBytes: 99 },
  });
  const [one, other, third] = [await connect(), await connect(), await connect()];
  expect(await one.ask('subscribe|room1')).toBe('Subscribe roomNum:room1 success!');
  expect(await other.ask('subscribe|room1')).toBe('Subscribe roomNum:room1 success!');
  expect(await third.ask('subscribe|room1')).toMatch(/^Error: /);
  expect(await one.ask('sendByRoom|{"roomNum":"room1","message":"spam"}')).toBe('Error: no spam');
});

class Lobby {
  readonly #banned = 'spam';
  get capacity(): number {
    return 1;
  }
  onMessage({ data }: { readonly data: unknown }) {
    return data === this.#banned ? drop('no spam') : undefined;
  }
}

test.each([
  ['a class', new Lobby()],
  ['an object', Object.create({ capacity: 1, onMessage: () => drop('no spam') }) as RoomDefinition],
])('handlers and settings of the prototype of %s are kept', async (_, room) => {
  const { connect } = await start({ rooms: { room1: room } }, { rooms: { room1: { history: { size: 1 } } } });
  const [one, other] = [await connect(), await connect()];
  await one.join('room1');
  expect(await one.ask('sendByRoom|{"roomNum":"room1","message":"spam"}')).toBe('Error: no spam');
  expect(await other.ask('subscribe|room1')).toMatch(/^Error: /);
});

test.each<[unknown, string]>([
  [{ rooms: { __proto__: { lobby: {} } } }, 'rooms.__proto__'],
  [{ rooms: [] }, 'rooms'],
  [{ rooms: null }, 'rooms'],
  [{ rooms: new Map([['lobby', {}]]) }, 'rooms.__proto__'],
  [{ rooms: { lobby: () => 1 } }, 'rooms.lobby'],
  [{ rooms: { lobby: null } }, 'rooms.lobby'],
  [{ rooms: { lobby: { onMessage: 1 } } }, 'rooms.lobby.onMessage'],
  [{ __proto__: { rooms: { lobby: {} } } }, '__proto__'],
  [{ lingerSeconds: () => 1 }, 'lingerSeconds'],
  [{ store: null }, 'store'],
  [null, '(all)'],
])('options that would be lost are refused by name: %#', async (options, path) => {
  const refused: unknown = await serve(options as ServeOptions).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfigError);
  expect((refused as ConfigError).problems.map((problem) => problem.path)).toEqual([path]);
});

test('parts of the code are used instead of those that settings name', async () => {
  const store = createMemoryStore();
  const { request, connect, dir } = await start({
    store,
    routes: { 'GET /hello': () => 'hello' },
    line: { userParameter: true },
    membership: { durability: 'strict' },
  });
  expect(await request('/hello')).toMatchObject({ body: 'hello' });
  await (await connect({ path: '/?user=ann' })).join('room1');
  expect((await store.load('room1')).members).toHaveLength(1);
  expect(await readdir(dir)).toEqual([]);

  const transport = (): never => {
    throw new Error('a transport of its own');
  };
  await expect(start({ transport })).rejects.toThrow('a transport of its own');
});

test.each([true, false])('the demonstration runs when the program asks for it (%s)', async (demo) => {
  const { request, connect } = await start({ demo });
  expect(JSON.parse((await request('/health')).body)).toMatchObject({ features: { demo } });
  const client = await connect();
  await client.join('room1');
  const answer = await client.ask('rpc|{"roomNum":"room1","method":"hello.sayHello","args":{"name":"Ann"}}');
  expect(answer.includes('Hello, Ann!')).toBe(demo);
});

test('stop drains, and ended settles then', async () => {
  const { connect, stop, ended, conf } = await start();
  expect(conf).toBeUndefined();
  const client = await connect();
  const stopped = stop();
  expect(await client.closed).toEqual({ code: 3001, reason: 'shutdown' });
  await stopped;
  await ended;
  await expect(connect()).rejects.toThrow(/ECONNREFUSED/);
});

test('mistakes in any source are told together, with their source', async () => {
  const error: unknown = await start({ limits: { rooms: -1 }, drainSecond: 1 } as ServeOptions, {
    port: 'x',
  }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  const { problems } = error as ConfigError;
  expect(problems.map(({ path, source }) => [path, source?.replace(/ .*settings/, ' …/settings')])).toEqual([
    ['limits.rooms', 'options of the program'],
    ['drainSecond', 'options of the program'],
    ['port', 'file …/settings.json'],
  ]);
});

test('a port in use is an error, and nothing is left running', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(start({ port })).rejects.toBeInstanceOf(ListenError);
});
