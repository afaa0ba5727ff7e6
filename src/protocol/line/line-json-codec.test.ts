import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../command.ts';
import { lineCodec } from './line-codec.ts';
import { lineJsonCodec } from './line-json-codec.ts';

test('a message is any JSON value', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (room, value) => {
      const data = JSON.parse(JSON.stringify(value)) as Json;
      const publish = `sendByRoom|${JSON.stringify({ message: data, roomNum: room })}`;
      expect(lineJsonCodec.decode(publish)).toEqual([
        { type: 'room.publish', room: room.toWellFormed(), data },
      ]);
      const broadcast = `broadcast|${JSON.stringify({ message: data })}`;
      expect(lineJsonCodec.decode(broadcast)).toEqual([{ type: 'server.broadcast', data }]);
    }),
  );
});

test('a number keeps its digits as the name of a room, and its value as a message', () => {
  expect(lineJsonCodec.decode('sendByRoom|{"roomNum":1.0,"message":{"a":[1.0,1E2]}}')).toEqual([
    { type: 'room.publish', room: '1.0', data: { a: [1, 100] } },
  ]);
  expect(lineJsonCodec.decode('sendByRoom|{"roomNum":9007199254740993,"message":7}')).toEqual([
    { type: 'room.publish', room: '9007199254740993', data: 7 },
  ]);
});

test.each(['9007199254740993', '1e400', '{"a":[-1e400]}'])(
  'a message is refused if it would lose digits: %s',
  (json) => {
    const refusal = {
      error: 'badRequest',
      message: 'message has a number that would lose digits: send it as a string',
    };
    const malformed = [{ type: 'command.malformed', refusal }];
    expect(lineJsonCodec.decode(`sendByRoom|{"roomNum":"r","message":${json}}`)).toEqual(malformed);
    expect(lineJsonCodec.decode(`broadcast|{"message":${json}}`)).toEqual(malformed);
  },
);

test.each([
  'ping',
  'subscribe|room1',
  'unsubscribe|room1',
  'sendByRoom|{"roomNum":"room1","message":"hi"}',
  'sendByRoom|{"roomNum":"room1"}',
  'sendByRoom|{"message":"hi"}',
  'sendByRoom|{',
  'broadcast|{}',
  'rpc|{"roomNum":"1","method":"a.b","args":{"x":1e400}}',
  '{"room":"room1"}',
  '',
])('is read as without JSON: %s', (frame) => {
  expect(lineJsonCodec.decode(frame)).toEqual(lineCodec.decode(frame));
});

test('a publication has its room, its sender, its offset and its time', () => {
  const publication = { room: 'room1', data: ['hi'], offset: 5, epoch: 'e', time: 1_000 };
  expect(lineJsonCodec.encodePublication(publication)).toBe(
    '{"room":"room1","data":["hi"],"offset":5,"time":1000}',
  );
  expect(lineJsonCodec.encodePublication({ ...publication, offset: 0 })).toBe(
    '{"room":"room1","data":["hi"],"time":1000}',
  );
  const from = { id: 'c1', user: 'ann', info: { name: 'Ann' }, roomInfo: 'hidden' };
  expect(lineJsonCodec.encodePublication({ ...publication, from })).toBe(
    '{"room":"room1","from":{"id":"c1","user":"ann","info":{"name":"Ann"}},"data":["hi"],"offset":5,"time":1000}',
  );
});

test('a broadcast has no room, and a message to one client has only its data', () => {
  expect(lineJsonCodec.encodeBroadcast({ data: 'hi' })).toBe('{"data":"hi"}');
  expect(lineJsonCodec.encodeBroadcast({ data: 'hi', from: { id: 'c1' } })).toBe(
    '{"from":{"id":"c1"},"data":"hi"}',
  );
  expect(lineJsonCodec.encodePush({ type: 'message', data: 5 })).toEqual(['{"data":5}']);
  expect(lineJsonCodec.encodePush({ type: 'ping' })).toEqual([]);
});

test('an answer of a handler is marked, and comes before the usual answer', () => {
  const frames = lineJsonCodec.encodeReply({ type: 'answered', data: { a: 1 } });
  expect(frames[0]).toBe('{"data":{"a":1},"answer":true}');
  expect(frames[1]).toBe(lineCodec.encodeReply({ type: 'published' })[0]);
});

test('half of a surrogate pair arrives as U+FFFD', () => {
  expect(lineJsonCodec.encodeBroadcast({ data: '\ud800' })).toBe(String.raw`{"data":"\ufffd"}`);
});
