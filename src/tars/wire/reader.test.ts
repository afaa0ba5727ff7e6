import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { optional, required, struct, type TarsStruct } from './struct.ts';
import { t } from './types.ts';
import { TarsDecodeError } from './wire-errors.ts';
import { MAX_ELEMENTS, MAX_NESTING } from './wire-type.ts';

interface Everything {
  bool: boolean;
  long: bigint;
  double: number;
  text: string;
  bytes: Uint8Array;
  list: string[];
  map: Map<number, number[]>;
  inner: { a: number };
  nested?: Everything[];
}

const Everything = struct<Everything>('Everything', (self) => ({
  bool: required(0, t.bool),
  long: required(1, t.longBigint),
  double: required(2, t.double),
  text: required(3, t.string),
  bytes: required(4, t.bytes),
  list: required(5, t.vector(t.string)),
  map: required(6, t.map(t.int, t.vector(t.short))),
  inner: required(7, struct<{ a: number }>('Inner', { a: required(0, t.int) })),
  nested: optional(200, t.vector(self)),
}));

const sample: Everything = {
  bool: true,
  long: 2n ** 40n,
  double: Math.E,
  text: 'text',
  bytes: Uint8Array.of(1, 2, 3),
  list: ['a', 'b'],
  map: new Map([[1, [2, 3]]]),
  inner: { a: 4 },
};
/** An empty list with the tag 200. */
const NO_NESTED = [0xf9, 200, 0x0c];
const whole = Everything.encode({ ...sample, nested: [{ ...sample, nested: [] }] });

describe('bytes that are no message', () => {
  test('are refused at whatever place they are cut short', () => {
    // A cut between the required fields and the optional one only removes the optional one.
    const accepted = [...whole.keys()].filter((length) => {
      try {
        Everything.decode(whole.subarray(0, length));
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(TarsDecodeError);
        return false;
      }
    });
    expect(accepted).toEqual([Everything.encode(sample).length - NO_NESTED.length]);
  });

  test('are refused with one error, or read, whatever they are', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, (bytes) => {
        expect(judge(bytes)).not.toBe('another error');
      }),
      { numRuns: 2000 },
    );
  });

  test('are refused with one error, or read, when a byte of a message is another', () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(changes, (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        expect(judge(bytes)).not.toBe('another error');
      }),
      { numRuns: 5000 },
    );
  });
});

describe('announced sizes', () => {
  const text = struct<{ a: string }>('T', { a: required(0, t.string) });
  const list = struct<{ a: number[] }>('L', { a: required(0, t.vector(t.int)) });
  const map = struct<{ a: Map<number, number> }>('M', { a: required(0, t.map(t.int, t.int)) });
  const bytes = struct<{ a: Uint8Array }>('B', { a: required(0, t.bytes) });

  test.each([
    ['a short text', text, '06ff61'],
    ['a long text', text, '07ffffffff61'],
    ['a list', list, '09027fffffff0c'],
    ['a list of less than nothing', list, '0900ff'],
    ['a map', map, '08027fffffff0c1c'],
    ['a map that fits by its keys alone', map, '0800020c1c0c'],
    ['bytes', bytes, '0d00027fffffff01'],
    ['a count that is missing', list, '09'],
    ['a count of 64 bits', list, '09030000000000000001'],
  ])('beyond what is there are refused: %s', (_name, codec, hex) => {
    expect(() => (codec as TarsStruct<object>).decode(Buffer.from(hex, 'hex'))).toThrowError(TarsDecodeError);
  });

  test('of too many items are refused', () => {
    const count = Buffer.alloc(4);
    count.writeInt32BE(MAX_ELEMENTS + 1);
    const body = Buffer.concat([Buffer.from('0902', 'hex'), count, Buffer.alloc(MAX_ELEMENTS + 1, 0x0c)]);
    expect(() => list.decode(body)).toThrowError(/more than 1000000 items/);
    expect(() => text.decode(Buffer.concat([body, Buffer.from('1c', 'hex')]))).toThrowError(TarsDecodeError);
  });
});

describe('nesting', () => {
  const later = struct<{ a: number }>('Later', { a: required(1, t.int) });

  test.each([
    ['structs', '0a'],
    ['lists', '090001'],
    ['maps', '0800010c'],
  ])('without end is refused where it is skipped: %s', (_name, hex) => {
    const bytes = Buffer.from(hex.repeat(100_000), 'hex');
    expect(() => later.decode(bytes)).toThrowError(TarsDecodeError);
  });

  test('without end is refused where it is read', () => {
    interface Tree {
      children: Tree[];
    }
    const Tree = struct<Tree>('Tree', (self) => ({
      children: required(0, t.vector(self)),
    }));
    const bytes = Buffer.from('0900010a'.repeat(10_000), 'hex');
    expect(() => Tree.decode(bytes)).toThrowError(`nested deeper than ${MAX_NESTING}`);
  });
});

test.each([
  ['an int', t.int, '0301020304050607ff', /expected a whole number of at most 32 bits .* there is int64/],
  ['a text', t.string, '0001', /expected a string .* there is int8/],
  ['a list', t.vector(t.int), '08000c', /expected a list .* there is map/],
  ['a struct', struct('S', {}), '0c', /expected a struct .* there is zero/],
  ['a type that is none', t.int, '0f', /there is type 15/],
])('another type in the place of %s is refused', (_name, type, hex, message) => {
  const codec = struct<{ a: unknown }>('T', { a: required(0, type as never) });
  expect(() => codec.decode(Buffer.from(hex, 'hex'))).toThrowError(message);
});

function judge(bytes: Uint8Array): 'read' | 'refused' | 'another error' {
  try {
    Everything.decode(bytes);
    return 'read';
  } catch (error) {
    return error instanceof TarsDecodeError ? 'refused' : 'another error';
  }
}
