import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isViolation } from '../codec.ts';
import { CLOSE_CODES } from '../close-codes.ts';
import { JsonNumber } from '../json/json-number.ts';
import { decodeFrame } from './decode.ts';

const BAD = { violation: 'badRequest' };

function decode(...commands: object[]): unknown {
  return decodeFrame(commands.map((command) => JSON.stringify(command)).join('\n'));
}

/** One command that is refused with this error and a message like this. */
function refused(error: string, message: RegExp): unknown {
  const refusal = { error, message: expect.stringMatching(message) as string };
  return [expect.objectContaining({ type: 'command.malformed', refusal })];
}

describe('a frame', () => {
  test('has commands in their order, one a line', () => {
    const frame = '{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"a"}}\n{}';
    const commands = [{ type: 'connect', id: 1 }, { type: 'room.join', room: 'a', id: 2 }, { type: 'pong' }];
    expect(decodeFrame(frame)).toEqual(commands);
    expect(decodeFrame(`${frame}\n`)).toEqual(commands);
    expect(decodeFrame(new TextEncoder().encode(frame))).toEqual(commands);
  });

  test.each([
    ['is empty', ''],
    ['is a line feed', '\n'],
    ['is white space', ' '],
    ['is no JSON', '{"id":1'],
    ['is no object', '[{"id":1,"connect":{}}]'],
    ['is null', 'null'],
    ['is no UTF-8', Uint8Array.of(0xff, 0xfe)],
    ['has an empty line between commands', '{}\n\n{}'],
    ['has a line that is no JSON', '{"id":1,"connect":{}}\n{'],
    ['has no known request', '{"id":1,"teleport":{}}'],
    ['has no known request and no id', '{"teleport":{}}'],
    ['has only an id', '{"id":1}'],
    ['has a request that is null', '{"id":1,"connect":null}'],
    ['has a request that is no object', '{"id":1,"connect":[]}'],
    ['has the command ping', '{"id":1,"ping":{}}'],
    ['has no id', '{"subscribe":{"channel":"a"}}'],
    ['has the id 0', '{"id":0,"connect":{}}'],
    ['has an id below 0', '{"id":-1,"connect":{}}'],
    ['has an id that is no whole number', '{"id":1.5,"connect":{}}'],
    ['has an id that is a text', '{"id":"1","connect":{}}'],
    ['has an id of more than 32 bits', '{"id":4294967296,"connect":{}}'],
  ])('that %s breaks the protocol', (_, frame) => {
    expect(decodeFrame(frame)).toEqual(BAD);
  });

  test('with several requests in one command has the first one of the list of requests', () => {
    expect(
      decode({ id: 1, send: {}, publish: { channel: 'a', data: 1 }, subscribe: { channel: 'b' } }),
    ).toEqual([{ type: 'room.join', room: 'b', id: 1 }]);
  });

  test('may be anything, and is commands or a violation', () => {
    const names = fc.constantFrom(
      'id',
      'connect',
      'subscribe',
      'publish',
      'history',
      'rpc',
      'send',
      'sub_refresh',
    );
    const fields = fc.constantFrom(
      'channel',
      'data',
      'limit',
      'since',
      'offset',
      'flag',
      'subs',
      'token',
      '__proto__',
    );
    const frames = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .dictionary(names, fc.oneof(fc.nat(3), fc.dictionary(fields, fc.jsonValue())))
        .map((one) => JSON.stringify(one)),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(frames, (frame) => {
        const decoded = decodeFrame(frame);
        if (isViolation(decoded)) expect(CLOSE_CODES).toHaveProperty(decoded.violation);
        else for (const { type } of decoded) expect(type).toMatch(/^[a-z.A-Z]+$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('may be nested deeply', () => {
    const deep = `${'['.repeat(50_000)}1e400${']'.repeat(50_000)}`;
    expect(decodeFrame(`{"id":1,"publish":{"channel":"a","data":${deep}}}`)).toEqual(
      refused('badRequest', /1e400/),
    );
  });
});

describe('a channel', () => {
  const requests = [
    'subscribe',
    'unsubscribe',
    'publish',
    'presence',
    'presence_stats',
    'history',
    'sub_refresh',
  ];
  test.each(requests)('that is empty, missing or no text breaks the protocol in %s', (name) => {
    for (const channel of ['', undefined, null, 1, ['a']]) {
      expect(decode({ id: 1, [name]: { channel, data: 1, token: 'x' } })).toEqual(BAD);
    }
  });

  test('may have any length and any characters: the rooms judge names', () => {
    const channel = '☃'.repeat(300);
    expect(decode({ id: 1, subscribe: { channel } })).toEqual([{ type: 'room.join', room: channel, id: 1 }]);
    expect(decode({ id: 1, unsubscribe: { channel: '__proto__' } })).toEqual([
      { type: 'room.leave', room: '__proto__', id: 1 },
    ]);
  });
});

test.each([
  ['connect', { token: 1 }],
  ['connect', { headers: { a: 1 } }],
  ['connect', { subs: [] }],
  ['connect', { subs: { a: 1 } }],
  ['connect', { subs: { a: { offset: -1 } } }],
  ['connect', { subs: { '': {} } }],
  ['subscribe', { channel: 'a', token: {} }],
  ['subscribe', { channel: 'a', recover: 'yes' }],
  ['subscribe', { channel: 'a', offset: -1 }],
  ['subscribe', { channel: 'a', offset: 1.5 }],
  ['subscribe', { channel: 'a', epoch: 5 }],
  ['subscribe', { channel: 'a', flag: '2' }],
  ['subscribe', { channel: 'a', tf: 'x' }],
  ['history', { channel: 'a', limit: 'all' }],
  ['history', { channel: 'a', since: 5 }],
  ['history', { channel: 'a', since: { offset: '5' } }],
  ['history', { channel: 'a', reverse: 1 }],
  ['rpc', { method: 5 }],
  ['refresh', { token: 5 }],
  ['refresh', { token: '' }],
  ['refresh', {}],
  ['sub_refresh', { channel: 'a', token: 5 }],
])('%s of %j breaks the protocol', (name, fields) => {
  expect(decode({ id: 1, [name]: fields })).toEqual(BAD);
});

test('connect has what the client says of itself, and what it asks of streams', () => {
  const connect = {
    token: 't',
    data: { a: 1 },
    name: 'js',
    version: '5',
    headers: { authorization: 'x' },
    subs: {
      room1: { recover: true, offset: 7, epoch: 'e', delta: 'fossil' },
      room2: { recover: true },
      room3: { offset: 7 },
    },
    flag: 1,
  };
  expect(decode({ id: 1, connect })).toEqual([
    {
      type: 'connect',
      id: 1,
      request: {
        token: 't',
        data: { a: 1 },
        name: 'js',
        version: '5',
        headers: { authorization: 'x' },
        rooms: {
          room1: { since: { offset: 7, epoch: 'e' }, delta: true },
          room2: { since: { offset: 0, epoch: '' } },
          room3: {},
        },
      },
    },
  ]);
});

test('connect takes a room with any name, and null as no field', () => {
  const frame = '{"id":1,"connect":{"token":null,"data":null,"subs":{"__proto__":{"recover":true}}}}';
  const [command] = decodeFrame(frame) as unknown as [{ request: { rooms: object } }];
  expect(Object.keys(command.request)).toEqual(['rooms']);
  expect(Object.entries(command.request.rooms)).toEqual([['__proto__', { since: { offset: 0, epoch: '' } }]]);
});

describe('subscribe', () => {
  test('may ask for recovery, deltas and a position that must be recovered', () => {
    const subscribe = {
      channel: 'room1',
      token: 't',
      data: [1],
      recover: true,
      offset: 3,
      epoch: 'e',
      positioned: true,
      recoverable: true,
      join_leave: true,
      delta: 'fossil',
      flag: 3,
    };
    const request = {
      token: 't',
      data: [1],
      since: { offset: 3, epoch: 'e' },
      delta: true,
      mustRecover: true,
    };
    expect(decode({ id: 1, subscribe })).toEqual([{ type: 'room.join', room: 'room1', request, id: 1 }]);
  });

  test.each([
    ['other deltas', { delta: 'xdelta' }],
    ['the flag of compaction', { flag: 1 }],
    ['a position without recover', { offset: 5, epoch: 'e' }],
    ['empty fields of other kinds', { type: 0, phase: 0, cursor: '', limit: 0, asc: false, tf: null }],
  ])('ignores %s', (_, fields) => {
    expect(decode({ id: 1, subscribe: { channel: 'a', ...fields } })).toEqual([
      { type: 'room.join', room: 'a', id: 1 },
    ]);
  });

  test.each([{ type: 4 }, { phase: 1 }, { cursor: 'x' }, { limit: 10 }, { asc: true }, { tf: { op: 'eq' } }])(
    'with %j is not available',
    (fields) => {
      expect(decode({ id: 1, subscribe: { channel: 'a', ...fields } })).toEqual(
        refused('notAvailable', /not available/),
      );
    },
  );
});

test('publish has any JSON but none that is missing', () => {
  for (const data of ['hi', null, 0, false, [], { a: [1.5, 'x'] }]) {
    expect(decode({ id: 1, publish: { channel: 'a', data } })).toEqual([
      { type: 'room.publish', room: 'a', data, id: 1 },
    ]);
  }
  expect(decode({ id: 1, publish: { channel: 'a' } })).toEqual(refused('badRequest', /needs the field data/));
});

describe('history', () => {
  test.each([
    [{}, { limit: 0, reverse: false }],
    [
      { limit: -1, reverse: true },
      { limit: -1, reverse: true },
    ],
    [
      { limit: 5, since: {} },
      { limit: 5, reverse: false, since: { offset: 0, epoch: '' } },
    ],
    [
      { since: { offset: 2, epoch: 'e' }, reverse: true },
      { limit: 0, reverse: true, since: { offset: 2, epoch: 'e' } },
    ],
  ])('of %j asks for %j', (fields, query) => {
    expect(decode({ id: 1, history: { channel: 'a', ...fields } })).toEqual([
      { type: 'room.history', room: 'a', query, id: 1 },
    ]);
  });

  test('backwards from offset 0 is refused', () => {
    const history = { channel: 'a', reverse: true, since: { epoch: 'e' } };
    expect(decode({ id: 1, history })).toEqual(refused('badRequest', /nothing comes before offset 0/));
  });
});

describe('rpc', () => {
  test.each([
    [{ room: 'room1', args: { name: 'Ada' } }, { name: 'Ada' }],
    [{ room: 'room1' }, {}],
  ])('of a function with %j is a call through the room', (data, args) => {
    expect(decode({ id: 1, rpc: { method: 'hello.sayHello', data } })).toEqual([
      { type: 'room.call', room: 'room1', method: 'hello.sayHello', args, id: 1 },
    ]);
  });

  test('through a room keeps all digits of its arguments', () => {
    const frame = '{"id":1,"rpc":{"method":"a.b","data":{"room":"r","args":{"x":[9007199254740993,1.0]}}}}';
    expect(decodeFrame(frame)).toEqual([
      {
        type: 'room.call',
        room: 'r',
        method: 'a.b',
        args: { x: [new JsonNumber('9007199254740993'), new JsonNumber('1.0')] },
        id: 1,
      },
    ]);
  });

  test.each([
    ['a method without a dot', 'hello', { room: 'room1', args: {} }],
    ['another key', 'a.b', { room: 'room1', args: {}, more: 1 }],
    ['a room that is no text', 'a.b', { room: 1, args: {} }],
    ['arguments that are no object', 'a.b', { room: 'room1', args: [] }],
    ['data that is no object', 'a.b', ['room1']],
    ['null', 'a.b', null],
  ])('with %s is a call of the server', (_, method, data) => {
    expect(decode({ id: 1, rpc: { method, data } })).toEqual([{ type: 'server.call', method, data, id: 1 }]);
  });

  test('without data has null', () => {
    expect(decode({ id: 1, rpc: { method: 'a' } })).toEqual([
      { type: 'server.call', method: 'a', data: null, id: 1 },
    ]);
    expect(decode({ id: 1, rpc: {} })).toEqual([{ type: 'server.call', method: '', data: null, id: 1 }]);
  });
});

test('send has no id, and its answer none', () => {
  expect(decode({ send: { data: { a: 1 } } })).toEqual([{ type: 'server.message', data: { a: 1 } }]);
  expect(decode({ id: 5, send: {} })).toEqual([{ type: 'server.message', data: null }]);
});

test('presence, its numbers and new tokens are commands', () => {
  expect(
    decode(
      { id: 1, presence: { channel: 'a' } },
      { id: 2, presence_stats: { channel: 'a' } },
      { id: 3, refresh: { token: 't' } },
      { id: 4, sub_refresh: { channel: 'a', token: 't' } },
    ),
  ).toEqual([
    { type: 'room.presence', room: 'a', id: 1 },
    { type: 'room.presenceStats', room: 'a', id: 2 },
    { type: 'connection.refresh', token: 't', id: 3 },
    { type: 'room.refresh', room: 'a', token: 't', id: 4 },
  ]);
});

test('sub_refresh without a token is refused, and so are tracked keys', () => {
  expect(decode({ id: 1, sub_refresh: { channel: 'a' } })).toEqual(
    refused('badRequest', /needs the field token/),
  );
  for (const fields of [{ type: 2 }, { track: [] }, { untrack: ['k'] }]) {
    const frame = { id: 1, sub_refresh: { channel: 'a', token: 't', ...fields } };
    expect(decode(frame)).toEqual(refused('notAvailable', /not available/));
  }
});

describe('a number that would lose digits', () => {
  test.each(['9007199254740993', '1e400', '-1e400', '0.12345678901234567890'])('is refused: %s', (number) => {
    const message = /send it as a string/;
    expect(decodeFrame(`{"id":1,"publish":{"channel":"a","data":{"x":[${number}]}}}`)).toEqual(
      refused('badRequest', message),
    );
    expect(decodeFrame(`{"id":1,"subscribe":{"channel":"a","data":${number}}}`)).toEqual(
      refused('badRequest', message),
    );
    expect(decodeFrame(`{"id":1,"rpc":{"method":"a","data":${number}}}`)).toEqual(
      refused('badRequest', message),
    );
    expect(decodeFrame(`{"send":{"data":${number}}}`)).toEqual(refused('badRequest', message));
    expect(decodeFrame(`{"id":1,"connect":{"data":${number}}}`)).toEqual(BAD);
  });

  test('does not matter outside of the data', () => {
    const frame = '{"id":1,"publish":{"channel":"a","more":1e400,"data":"9007199254740993"}}';
    expect(decodeFrame(frame)).toEqual([
      { type: 'room.publish', room: 'a', data: '9007199254740993', id: 1 },
    ]);
  });

  test('is another than one that is written in another way', () => {
    expect(decodeFrame('{"id":1,"publish":{"channel":"a","data":[1.0,1E2,12345678901234567000]}}')).toEqual([
      { type: 'room.publish', room: 'a', data: [1, 100, 12_345_678_901_234_567_000], id: 1 },
    ]);
  });
});

test('half of a surrogate pair becomes U+FFFD, in names and in data', () => {
  expect(
    decodeFrame(String.raw`{"id":1,"publish":{"channel":"a\ud800","data":["\udc00\ud83c\udf88"]}}`),
  ).toEqual([{ type: 'room.publish', room: 'a\ufffd', data: ['\ufffd🎈'], id: 1 }]);
});
