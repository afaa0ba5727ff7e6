import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberTexts } from '../json/json-harness.ts';
import { JsonNumber } from '../json/json-number.ts';
import { lineCodec } from './line-codec.ts';

const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '}', '|', 'é', '\ud800') }),
);

test('a message is decoded the same in any order of its fields', () => {
  fc.assert(
    fc.property(texts, texts, (roomNum, message) => {
      const decoded = { type: 'room.publish', room: roomNum.toWellFormed(), data: message };
      expect(lineCodec.decode(`sendByRoom|${JSON.stringify({ roomNum, message })}`)).toEqual([decoded]);
      expect(lineCodec.decode(`sendByRoom|${JSON.stringify({ message, roomNum })}`)).toEqual([decoded]);
    }),
  );
});

test('a damaged message is decoded the same with and without white space', () => {
  const damaged = fc
    .tuple(
      texts,
      texts,
      fc.nat(),
      fc.nat({ max: 2 }),
      fc.constantFrom('', '"', '\\', '\\"', '\t', '}', ',', '\ufeff'),
    )
    .map(([roomNum, message, at, cut, put]) => {
      const json = JSON.stringify({ roomNum, message });
      const from = 1 + (at % (json.length - 1));
      return json.slice(0, from) + put + json.slice(from + cut);
    });
  fc.assert(
    fc.property(damaged, (json) => {
      const spaced = json.replace('{', '{ ');
      expect(lineCodec.decode(`sendByRoom|${json}`)).toEqual(lineCodec.decode(`sendByRoom|${spaced}`));
    }),
    { numRuns: 1_000 },
  );
});

test('a number is a room name and a message with the digits that the client wrote', () => {
  fc.assert(
    fc.property(numberTexts, numberTexts, texts, (room, number, text) => {
      const frame = `sendByRoom|{"roomNum":${room},"message":${number}}`;
      expect(lineCodec.decode(frame)).toEqual([{ type: 'room.publish', room, data: number }]);
      const mixed = `sendByRoom|{"message":${JSON.stringify(text)},"roomNum": ${room} ,"more":[${number}]}`;
      expect(lineCodec.decode(mixed)).toEqual([{ type: 'room.publish', room, data: text }]);
      const broadcast = `broadcast|{"message":${number}}`;
      expect(lineCodec.decode(broadcast)).toEqual([{ type: 'server.broadcast', data: number }]);
    }),
  );
});

test('a call keeps the digits of its room, its arguments and its result', () => {
  fc.assert(
    fc.property(numberTexts, numberTexts, (room, number) => {
      const [command] = lineCodec.decode(
        `rpc|{"roomNum":${room},"method":"a.b","args":{"deep":[{"x":${number}}]}}`,
      ) as [{ type: string; room: string; args: { deep: [{ x: unknown }] } }];
      expect(command).toMatchObject({ type: 'room.call', room });
      expect(String(command.args.deep[0].x)).toBe(number);
      const result = { ret: new JsonNumber(number) };
      expect(
        lineCodec.encodeReply({ type: 'called', method: 'a.b', outcome: { type: 'result', result } }),
      ).toEqual([`rpc|{"method":"a.b","result":{"ret":${number}}}`]);
    }),
  );
});

test.each([
  'sendByRoom|{"roomNum":{"text":"1"},"message":"x"}',
  'sendByRoom|{"roomNum":1e400,"message":[1e400]}',
  'broadcast|{"message":{"text":"1e400"}}',
  'broadcast|1e400',
  'rpc|{"roomNum":1e400,"method":"a.b","args":1e400}',
  'rpc|{"roomNum":"1","method":1e400}',
])('a number in the place of something else is refused: %s', (frame) => {
  expect(lineCodec.decode(frame)).toMatchObject([{ type: 'command.malformed' }]);
});
