import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameCounter } from './frame-counter.ts';

type Frame = readonly [opcode: number, length: number];

/** Lengths around the limits where the form of the header changes. */
const length = fc.oneof(
  fc.integer({ min: 0, max: 130 }),
  fc.integer({ min: 65_530, max: 65_540 }),
  fc.integer({ min: 0, max: 70_000 }),
);
const frames = fc.array(fc.tuple(fc.constantFrom(1, 2, 8, 9, 10), length), { maxLength: 12 });

test('frames are reported with opcode and length, wherever chunks end', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 40 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(encodeFrame));
      const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
      expect(count(chunks)).toEqual(sent);
    }),
  );
});

test('frames are reported when they come byte by byte', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(1, 9), fc.nat(300)), { maxLength: 5 }), (sent) => {
      const bytes = Buffer.concat(sent.map(encodeFrame));
      expect(count(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(sent);
    }),
  );
});

test('a frame is reported with its last byte, not before', () => {
  const bytes = encodeFrame([1, 10]);
  expect(count([bytes.subarray(0, -1)])).toEqual([]);
  expect(count([bytes.subarray(0, -1), bytes.subarray(-1)])).toEqual([[1, 10]]);
});

test('only the asked part of a chunk is read', () => {
  const heard: Frame[] = [];
  const bytes = Buffer.concat([Buffer.from('HTTP'), encodeFrame([1, 3]), Buffer.from([0xff, 0xff])]);
  new FrameCounter().push(bytes, 4, 4 + 5, { frame: (opcode, size) => heard.push([opcode, size]) });
  expect(heard).toEqual([[1, 3]]);
});

test('a masked frame, which no server sends, is an error', () => {
  expect(() => count([Uint8Array.of(0x81, 0x80 | 5)])).toThrow('masked');
});

function count(chunks: readonly Uint8Array[]): Frame[] {
  const counter = new FrameCounter();
  const heard: Frame[] = [];
  for (const chunk of chunks)
    counter.push(chunk, 0, chunk.length, { frame: (opcode, size) => heard.push([opcode, size]) });
  return heard;
}

/** Frames of a server, with a payload that looks like headers. */
function encodeFrame([opcode, size]: Frame): Buffer {
  const payload = Buffer.alloc(size, 0x81);
  if (size < 126) return Buffer.concat([Buffer.from([0x80 | opcode, size]), payload]);
  const header = Buffer.alloc(size < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = size < 65_536 ? 126 : 127;
  if (size < 65_536) header.writeUInt16BE(size, 2);
  else header.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([header, payload]);
}
