import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeTextFrame, FrameBatch } from './client-frames.ts';

test('a text frame is masked, and is the text when it is unmasked', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), (text) => {
      const frame = encodeTextFrame(text);
      const { length } = Buffer.from(text);
      const at = length > 125 ? 4 : 2;
      expect(frame[0]).toBe(0x81);
      expect(frame[1]).toBe(0x80 | (length > 125 ? 126 : length));
      if (length > 125) expect(frame.readUInt16BE(2)).toBe(length);
      const mask = frame.subarray(at, at + 4);
      const payload = frame.subarray(at + 4).map((byte, index) => byte ^ mask[index % 4]!);
      expect(Buffer.from(payload).toString()).toBe(text);
    }),
  );
});

test('a frame that is too long is refused', () => {
  expect(() => encodeTextFrame('x'.repeat(65_536))).toThrow(RangeError);
});

test('a batch gives the same frame as often as it is asked for', () => {
  const batch = new FrameBatch(Buffer.from('abc'), 4);
  expect([0, 1, 4].map((count) => batch.take(count).toString())).toEqual(['', 'abc', 'abcabcabcabc']);
});
