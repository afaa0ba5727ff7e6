import fc from 'fast-check';
import { expect, test } from 'vitest';
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
