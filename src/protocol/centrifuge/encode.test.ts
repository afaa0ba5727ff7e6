import { describe, expect, test } from 'vitest';
import type { JoinAnswer, Publication, Push, Reply, StreamStart } from '../command.ts';
import { ENDINGS } from '../endings.ts';
import { ERRORS, createRefusal, type ErrorName } from '../errors.ts';
import { JsonNumber } from '../json/json-number.ts';
import { readText, type Text } from '../text.ts';
import { createCentrifugeCodec } from './centrifuge-codec.ts';

const codec = createCentrifugeCodec({ version: '1.2.3', pingSeconds: 25, pong: true });

function reply(answer: Reply): unknown[] {
  return codec.encodeReply({ id: 7, ...answer }).map((frame) => JSON.parse(readText(frame as Text)));
}

function push(pushed: Push): unknown[] {
  return codec.encodePush(pushed).map((frame) => JSON.parse(readText(frame as Text)));
}

const PUBLICATION: Publication = { room: 'room1', data: { a: 1 }, offset: 3, epoch: 'e', time: 1_000 };

const STREAM: StreamStart = {
  offset: 0,
  epoch: 'e',
  positioned: false,
  recoverable: false,
  wasRecovering: false,
  recovered: false,
  publications: [],
  delta: false,
};

describe('a reply', () => {
  test.each<[Reply, object]>([
    [{ type: 'joined', room: 'a' }, { subscribe: {} }],
    [{ type: 'left', room: 'a' }, { unsubscribe: {} }],
    [{ type: 'notMember', room: 'a' }, { unsubscribe: {} }],
    [{ type: 'published' }, { publish: {} }],
    [{ type: 'refreshed' }, { refresh: {} }],
    [{ type: 'refreshed', ttlSeconds: 60 }, { refresh: { expires: true, ttl: 60 } }],
    [{ type: 'roomRefreshed' }, { sub_refresh: {} }],
    [{ type: 'roomRefreshed', ttlSeconds: 60 }, { sub_refresh: { expires: true, ttl: 60 } }],
    [{ type: 'presence', members: [] }, { presence: { presence: {} } }],
    [
      { type: 'presenceStats', connections: 0, users: 0 },
      { presence_stats: { num_clients: 0, num_users: 0 } },
    ],
    [
      { type: 'history', publications: [], offset: 0, epoch: '' },
      { history: { publications: [], offset: 0, epoch: '' } },
    ],
    [
      { type: 'history', publications: [PUBLICATION], offset: 3, epoch: 'e' },
      { history: { publications: [{ data: { a: 1 }, offset: 3, time: 1_000 }], offset: 3, epoch: 'e' } },
    ],
    [{ type: 'called', method: 'a.b', outcome: { type: 'result', result: null } }, { rpc: { data: null } }],
    [
      { type: 'called', method: 'a.b', outcome: { type: 'failed', code: 1005, message: 'too late' } },
      { error: { code: 1005, message: 'too late' } },
    ],
    [
      { type: 'called', method: 'a.b', outcome: { type: 'failed', code: 111, message: 'busy' } },
      { error: { code: 111, message: 'busy', temporary: true } },
    ],
    [{ type: 'alreadyMember', room: 'a' }, { error: { code: 105, message: 'already subscribed' } }],
    [
      { type: 'refused', refusal: { error: 'permissionDenied', message: 'not you', code: 444 } },
      { error: { code: 444, message: 'not you' } },
    ],
    [{ type: 'unknown' }, { error: { code: 108, message: 'not available' } }],
  ])('%j has the id and one key', (answer, frame) => {
    expect(reply(answer)).toEqual([{ id: 7, ...frame }]);
  });

  test('to a message that a handler answered is a result, and then the answer as a message', () => {
    expect(reply({ type: 'answered', data: { a: 1 } })).toEqual([
      { id: 7, publish: {} },
      { push: { message: { data: { a: 1 } } } },
    ]);
  });

  test('has the code and the message of the table for each error, and says which are temporary', () => {
    for (const name of Object.keys(ERRORS) as ErrorName[]) {
      const { code, message, temporary } = ERRORS[name];
      const error = temporary ? { code, message, temporary } : { code, message };
      expect(reply({ type: 'refused', refusal: createRefusal(name) })).toEqual([{ id: 7, error }]);
    }
  });

  test('to send does not exist, because send has no id', () => {
    expect(codec.encodeReply({ type: 'refused', refusal: createRefusal('badRequest') })).toEqual([]);
  });

  test('of a call has the result digit by digit', () => {
    const result = { ret: new JsonNumber('9007199254740993') };
    expect(
      codec.encodeReply({ type: 'called', method: 'a.b', outcome: { type: 'result', result }, id: 1 }),
    ).toEqual(['{"id":1,"rpc":{"data":{"ret":9007199254740993}}}']);
  });

  test('of presence has each client by its id, whatever the id is', () => {
    const members = [{ id: 'c1', user: 'ann', info: { name: 'Ann' }, roomInfo: [1] }, { id: '__proto__' }];
    expect(codec.encodeReply({ type: 'presence', members, id: 1 })).toEqual([
      '{"id":1,"presence":{"presence":{"c1":{"user":"ann","client":"c1","conn_info":{"name":"Ann"},"chan_info":[1]},' +
        '"__proto__":{"user":"","client":"__proto__"}}}}',
    ]);
  });
});

describe('the result of connect', () => {
  test('has the client, the server, and how it pings', () => {
    expect(reply({ type: 'connected', client: 'c1' })).toEqual([
      { id: 7, connect: { client: 'c1', version: '1.2.3', ping: 25, pong: true } },
    ]);
  });

  test('has no ping where the server does not ping', () => {
    const silent = createCentrifugeCodec({ version: '1.2.3', pingSeconds: 0, pong: true });
    expect(silent.encodeReply({ type: 'connected', client: 'c1', id: 1 })).toEqual([
      '{"id":1,"connect":{"client":"c1","version":"1.2.3"}}',
    ]);
  });

  test('has when the token expires, the data, the rooms and the session', () => {
    const rooms = { room1: {}, room2: { stream: { ...STREAM, positioned: true, offset: 5 } } };
    const answer = { client: 'c1', ttlSeconds: 60, data: null, rooms, session: 's', node: 'n' };
    expect(reply({ type: 'connected', ...answer })).toEqual([
      {
        id: 7,
        connect: {
          client: 'c1',
          version: '1.2.3',
          expires: true,
          ttl: 60,
          data: null,
          subs: { room1: {}, room2: { positioned: true, offset: 5, epoch: 'e' } },
          ping: 25,
          pong: true,
          session: 's',
          node: 'n',
        },
      },
    ]);
  });
});

describe('the result of subscribe', () => {
  const missed: Publication[] = [
    { ...PUBLICATION, data: { text: 'a'.repeat(200) }, offset: 3 },
    { ...PUBLICATION, data: { text: `${'a'.repeat(200)}b` }, offset: 4 },
  ];
  test.each<[string, JoinAnswer, object]>([
    ['a stream without a position is nothing', { stream: STREAM }, {}],
    [
      'a position at the start leaves out the offset',
      { stream: { ...STREAM, positioned: true, recoverable: true } },
      { positioned: true, recoverable: true, epoch: 'e' },
    ],
    [
      'a position',
      { stream: { ...STREAM, positioned: true, offset: 9 } },
      { positioned: true, epoch: 'e', offset: 9 },
    ],
    [
      'a failed recovery',
      { stream: { ...STREAM, positioned: true, recoverable: true, wasRecovering: true, offset: 9 } },
      { positioned: true, recoverable: true, epoch: 'e', offset: 9, was_recovering: true },
    ],
    [
      'a token that expires and data',
      { ttlSeconds: 60, data: { a: 1 } },
      { expires: true, ttl: 60, data: { a: 1 } },
    ],
    [
      'a recovery',
      {
        stream: {
          ...STREAM,
          positioned: true,
          recoverable: true,
          wasRecovering: true,
          recovered: true,
          offset: 2,
          publications: missed,
        },
      },
      {
        positioned: true,
        recoverable: true,
        epoch: 'e',
        offset: 2,
        was_recovering: true,
        recovered: true,
        publications: missed.map(({ data, offset }) => ({ data, offset, time: 1_000 })),
      },
    ],
  ])('has %s', (_, answer, result) => {
    expect(reply({ type: 'joined', room: 'room1', answer })).toEqual([{ id: 7, subscribe: result }]);
  });

  test('has a chain of deltas whose first is whole, if the client gets deltas', () => {
    const stream = {
      ...STREAM,
      recoverable: true,
      wasRecovering: true,
      recovered: true,
      offset: 2,
      delta: true,
    };
    const answer = { stream: { ...stream, publications: missed } };
    const [frame] = reply({ type: 'joined', room: 'room1', answer }) as [
      { subscribe: { delta: boolean; publications: { data: string; delta?: boolean }[] } },
    ];
    const [first, second] = frame.subscribe.publications;
    expect(frame.subscribe.delta).toBe(true);
    expect(first).toEqual({ data: JSON.stringify(missed[0]!.data), offset: 3, time: 1_000 });
    expect(second).toMatchObject({ delta: true, offset: 4 });
    expect(second!.data.length).toBeLessThan(50);
  });
});

describe('a push', () => {
  test('of a join has the result of subscribe', () => {
    const answer = { stream: { ...STREAM, positioned: true, offset: 5 } };
    expect(push({ type: 'joined', room: 'room1', answer })).toEqual([
      { push: { channel: 'room1', subscribe: { positioned: true, epoch: 'e', offset: 5 } } },
    ]);
    expect(push({ type: 'joined', room: 'room1' })).toEqual([{ push: { channel: 'room1', subscribe: {} } }]);
  });

  test('of a join is followed by what was missed, because clients read no publications in it', () => {
    const stream = { ...STREAM, positioned: true, recovered: true, offset: 2, publications: [PUBLICATION] };
    expect(push({ type: 'joined', room: 'room1', answer: { stream } })).toEqual([
      { push: { channel: 'room1', subscribe: { positioned: true, epoch: 'e', offset: 2, recovered: true } } },
      { push: { channel: 'room1', pub: { data: { a: 1 }, offset: 3, time: 1_000 } } },
    ]);
  });

  test('of the end of a membership has the code of the ending and the reason', () => {
    const refusal = createRefusal('permissionDenied', 'not you');
    for (const ending of ['unsubscribed', 'insufficient', 'expired', 'invalidated'] as const) {
      const { code } = ENDINGS[ending];
      expect(push({ type: 'left', room: 'room1', refusal, ending })).toEqual([
        { push: { channel: 'room1', unsubscribe: { code, reason: 'not you' } } },
      ]);
    }
    expect(push({ type: 'left', room: 'room1', refusal })).toEqual([
      { push: { channel: 'room1', unsubscribe: { code: 2000, reason: 'not you' } } },
    ]);
  });

  test('of a message has no room, and neither has a broadcast', () => {
    const frame = { push: { message: { data: ['hi'] } } };
    expect(push({ type: 'message', data: ['hi'] })).toEqual([frame]);
    const broadcast = codec.encodeBroadcast({ data: ['hi'], from: { id: 'c1' } });
    expect(JSON.parse(broadcast as string)).toEqual(frame);
  });

  test('that asks for a sign of life is an empty object', () => {
    expect(push({ type: 'ping' })).toEqual([{}]);
  });

  test.each(['join', 'leave'] as const)('of a %s has the member', (type) => {
    const frame = codec.encodeMemberChange!({ type, room: 'room1', member: { id: 'c1', user: 'ann' } });
    expect(JSON.parse(frame as string)).toEqual({
      push: { channel: 'room1', [type]: { info: { user: 'ann', client: 'c1' } } },
    });
  });
});

describe('a publication', () => {
  function publish(publication: Publication): unknown {
    return JSON.parse(codec.encodePublication(publication) as string);
  }

  test('has the data, the offset and the time', () => {
    expect(publish(PUBLICATION)).toEqual({
      push: { channel: 'room1', pub: { data: { a: 1 }, offset: 3, time: 1_000 } },
    });
  });

  test('has no offset if it has no place in the stream', () => {
    expect(publish({ ...PUBLICATION, offset: 0 })).toEqual({
      push: { channel: 'room1', pub: { data: { a: 1 }, time: 1_000 } },
    });
  });

  test('has who published it, and its tags', () => {
    const from = { id: 'c1', info: 'i', roomInfo: null };
    expect(publish({ ...PUBLICATION, from, tags: { lang: 'en' } })).toEqual({
      push: {
        channel: 'room1',
        pub: {
          data: { a: 1 },
          offset: 3,
          time: 1_000,
          info: { user: '', client: 'c1', conn_info: 'i', chan_info: null },
          tags: { lang: 'en' },
        },
      },
    });
  });

  test('has any text, with U+FFFD for half of a surrogate pair', () => {
    for (const text of ['', '"\\\n', '☃ 🎈', '\u2028', String.raw`\ud800`]) {
      expect(publish({ ...PUBLICATION, data: text, room: text })).toMatchObject({
        push: { channel: text, pub: { data: text } },
      });
    }
    expect(publish({ ...PUBLICATION, data: { '\ud800': '\udc00' } })).toMatchObject({
      push: { pub: { data: { '\ufffd': '\ufffd' } } },
    });
  });

  test('as a delta without a base has the JSON text of its data', () => {
    const frame = codec.encodeDelta!(PUBLICATION, undefined);
    expect(JSON.parse(frame as string)).toEqual({
      push: { channel: 'room1', pub: { data: '{"a":1}', offset: 3, time: 1_000 } },
    });
  });
});

test('frames of one turn are joined by line feeds', () => {
  const frames = [...codec.encodePush({ type: 'ping' }), ...codec.encodeReply({ type: 'published', id: 1 })];
  expect(codec.joinFrames!(frames)).toBe('{}\n{"id":1,"publish":{}}');
});
