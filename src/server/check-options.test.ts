import { describe, expect, test } from 'vitest';
import { ConfigError } from '../config/layer/config-error.ts';
import { lineCodec } from '../protocol/line/line-codec.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import { HelloMethods } from '../tars/servants/hello.ts';
import { createServer } from './create-server.ts';

/** The problems with options that TypeScript would not allow. */
function problemsOf(options: unknown): string[] {
  try {
    createServer(options as never);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ path, given, allowed }) => `${path} (${given}): ${allowed}`);
    }
    throw error;
  }
  return [];
}

/** As `JSON.parse` makes it: with a property of this name. */
const proto = (value: unknown): unknown => Object.fromEntries([['__proto__', value]]);

const ROUTE_NAME = 'a name like "GET /hello/:name" or "/hello"';

const object = 'App.Server.HelloObj@tcp -h 127.0.0.1 -p 1';

test('options that can be used have no problems', () => {
  const options = {
    port: 0,
    store: createMemoryStore(),
    rooms: { room1: { onJoin: () => undefined, capacity: 2 }, '*': {} },
    routes: { 'GET /hello/:name': () => 'hello' },
    codecs: { '/other': { ...lineCodec, name: 'other' } },
    servants: { hello: { object, methods: HelloMethods } },
    onError: () => undefined,
  };
  expect(problemsOf(options)).toEqual([]);
  expect(problemsOf({ rooms: Object.assign(Object.create(null) as object, { a: {} }) })).toEqual([]);
  expect(problemsOf({ demo: undefined, dataDir: undefined, log: undefined, tars: {} })).toEqual([]);
  expect(problemsOf({ store: undefined, rooms: undefined, onError: undefined })).toEqual([]);
});

describe('a mistake is told by name, with what is wanted', () => {
  test.each<[unknown, string]>([
    [null, '(all) (null): an object of options'],
    [[], '(all) (an array): an object of options'],
    [{ demo: true }, 'demo (a boolean): nothing: only `statecast serve --demo` has the example servant'],
    [{ demo: false }, 'demo (a boolean): nothing: only `statecast serve --demo` has the example servant'],
    [{ dataDir: './data' }, 'dataDir (a string): nothing: give `store: createLowdbStore({ dir })`'],
    [
      { log: { level: 'info' } },
      'log (an object): nothing: a library writes no log; give `onError`, and listen to the events of the server',
    ],
    [{ tars: { servants: {} } }, 'tars.servants (an object): nothing: give `servants`'],
    [{ store: {} }, 'store (an object): a MembershipStore: rooms, load, write, close are missing'],
    [{ statStore: {} }, 'statStore (an object): a StatStore: add, take, close are missing'],
    [{ store: { ...createMemoryStore(), load: 1 } }, 'store (an object): a MembershipStore: load is missing'],
    [
      { store: 'memory' },
      'store (a string): a MembershipStore: an object with the functions rooms, load, write, close',
    ],
    [
      { store: null },
      'store (null): a MembershipStore: an object with the functions rooms, load, write, close',
    ],
    [
      { presence: {} },
      'presence (an object): a Presence: add, remove, refresh, list, stats, close are missing',
    ],
    [{ control: {} }, 'control (an object): a Control: attach, order, survey, close are missing'],
    [{ transport: {} }, 'transport (an object): auto, uws, ws, or a function that makes a transport'],
    [{ onError: 'log' }, 'onError (a string): a function (error, where) => void'],
    [{ rooms: [] }, 'rooms (an array): an object'],
    [{ rooms: { a: null } }, 'rooms.a (null): an object of limits and handlers'],
    [{ rooms: { 'a*': { onJoin: 'yes' } } }, 'rooms["a*"].onJoin (a string): a function, or nothing'],
    [{ rooms: { a: { onCall: {} } } }, 'rooms.a.onCall (an object): a function, or nothing'],
    [{ authenticate: {} }, 'authenticate (an object): a function, or nothing'],
    [{ onBroadcast: 1 }, 'onBroadcast (a number): a function, or nothing'],
    [
      { rooms: { a: { message: { parse: () => true } } } },
      'rooms.a.message (an object): a schema of zod, valibot, arktype or another library with the interface of standardschema.dev',
    ],
    [{ rooms: { a: { onMessage: {} } } }, 'rooms.a.onMessage (an object): a function, or nothing'],
    [{ rooms: { a: { onLeave: null } } }, 'rooms.a.onLeave (null): a function, or nothing'],
    [{ routes: { '/a': 'text' } }, 'routes["/a"] (a string): a function (request) => reply'],
    [{ routes: { x: () => 'x' } }, `routes.x (a wrong name): ${ROUTE_NAME}`],
    [{ routes: { '': () => 'x' } }, `routes[""] (a wrong name): ${ROUTE_NAME}`],
    [{ routes: { 'get /x': () => 'x' } }, `routes["get /x"] (a wrong name): ${ROUTE_NAME}`],
    [{ routes: { 'GET  /x': () => 'x' } }, `routes["GET  /x"] (a wrong name): ${ROUTE_NAME}`],
    [{ routes: { 'GET /x y': () => 'x' } }, `routes["GET /x y"] (a wrong name): ${ROUTE_NAME}`],
    [{ routes: { '/x ': () => 'x' } }, `routes["/x "] (a wrong name): ${ROUTE_NAME}`],
    [
      { routes: { 'GET /x?y=1': () => 'x' } },
      'routes["GET /x?y=1"] (a wrong name): a path without a query, like "/hello"',
    ],
    [
      { routes: { '/x#y': () => 'x' } },
      'routes["/x#y"] (a wrong name): a path without a fragment, like "/hello"',
    ],
    [
      { routes: { 'GET /{health,foo}': () => 'x' } },
      'routes["GET /{health,foo}"] (a wrong name): a route for each of the paths in {}',
    ],
    [
      { routes: { '/:a/:a': () => 'x' } },
      'routes["/:a/:a"] (a wrong name): a path like "/hello/:name", which the router can read: duplicate param name "a" (/:a/:a)',
    ],
    [{ codecs: { toy: { ...lineCodec, name: 'toy' } } }, 'codecs.toy (an object): a path that begins with /'],
    [
      { codecs: { '/toy': { name: 'toy', decode: () => [] } } },
      'codecs["/toy"] (an object): a Codec: encodeReply, encodePush, encodePublication, encodeBroadcast are missing',
    ],
    [
      { codecs: { '/toy': { ...lineCodec, name: 'a/b' } } },
      'codecs["/toy"].name (a string): a short text without a slash',
    ],
    [
      { codecs: { '/toy': lineCodec } },
      'codecs["/toy"].name ("line"): a name of its own: the codec at / has this one',
    ],
    [{ servants: { hello: 'object' } }, 'servants.hello (a string): an object with object and methods'],
    [
      { servants: { hello: { methods: HelloMethods } } },
      'servants.hello.object (undefined): a text such as App.Server.Obj@tcp -h HOST -p PORT',
    ],
    [
      { servants: { hello: { object, methods: { add: {} } } } },
      'servants.hello.methods (an object): the methods that statecast tars2ts writes, or the result of fromTarsRpc',
    ],
  ])('%o', (options, problem) => {
    expect(problemsOf(options)).toEqual([problem]);
  });

  test('all wrong names of routes at once', () => {
    const routes = { x: 1, 'get /x': () => 'x', '/fine/:id': () => 'x' };
    expect(problemsOf({ routes })).toEqual([
      `routes.x (a wrong name): ${ROUTE_NAME}`,
      'routes.x (a number): a function (request) => reply',
      `routes["get /x"] (a wrong name): ${ROUTE_NAME}`,
    ]);
  });

  test('all mistakes at once', () => {
    const problems = problemsOf({ store: {}, rooms: { a: { onJoin: 1, onLeave: 2 } }, onError: 3 });
    expect(problems).toHaveLength(4);
  });
});

describe('the name __proto__ is refused, and no prototype changes', () => {
  test.each(['rooms', 'routes', 'codecs', 'servants'])('in %s', (table) => {
    for (const names of [proto({ capacity: 1 }), { __proto__: { capacity: 1 } }]) {
      expect(problemsOf({ [table]: names })).toEqual([
        `${table}.__proto__ (an object): another name, in a plain object`,
      ]);
    }
  });

  test('among the settings', () => {
    expect(problemsOf(proto({ port: 1 }))).toEqual([expect.stringContaining('__proto__')]);
    expect(problemsOf({ limits: proto({ rooms: 1 }) })).toEqual([
      expect.stringContaining('limits.__proto__'),
    ]);
  });

  test('nothing is inherited by other objects', () => {
    expect('capacity' in {}).toBe(false);
    expect('port' in {}).toBe(false);
  });
});
