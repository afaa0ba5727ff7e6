import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameSplitter } from './frame-splitter.ts';
import { TarsDecodeError } from './wire-errors.ts';

function frame(packet: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4 + packet.length);
  bytes.writeUInt32BE(bytes.length);
  bytes.set(packet, 4);
  return bytes;
}

describe('a stream of frames', () => {
  test('gives its packets whatever pieces it comes in', () => {
    const packets = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(packets, sizes, (packets, sizes) => {
        const stream = Buffer.concat(packets.map(frame));
        const splitter = new FrameSplitter();
        const found: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          // In a buffer that is used again, like that of a socket.
          const chunk = Uint8Array.from(stream.subarray(at, at + size));
          found.push(...splitter.push(chunk).map((packet) => Uint8Array.from(packet)));
          chunk.fill(0xee);
          at += size;
        }
        expect(found).toEqual(packets);
      }),
    );
  });

  test.each(['00000000', '00000003', 'ffffffff', '00000011'])('is refused at the length %s', (hex) => {
    expect(() => new FrameSplitter(16).push(Buffer.from(hex, 'hex'))).toThrowError(TarsDecodeError);
  });

  test('takes a frame of exactly the limit', () => {
    const [packet] = new FrameSplitter(16).push(frame(new Uint8Array(12)));
    expect(packet).toHaveLength(12);
  });
});
