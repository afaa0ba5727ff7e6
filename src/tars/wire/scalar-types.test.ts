import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { required, struct } from './struct.ts';
import type { TarsType } from './tars-type.ts';
import { t } from './types.ts';
import { TarsWriter } from './writer.ts';

/** A codec of one field of a type. */
function alone<T>(type: TarsType<T>) {
  return struct<{ value: T }>('Test', { value: required(0, type) } as never);
}

const INTEGERS: readonly [name: string, type: TarsType<number>, smallest: number, largest: number][] = [
  ['byte', t.byte, -128, 127],
  ['short', t.short, -32_768, 32_767],
  ['int', t.int, -2_147_483_648, 2_147_483_647],
  ['long', t.long, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ['unsigned byte', t.unsignedByte, 0, 255],
  ['unsigned short', t.unsignedShort, 0, 65_535],
  ['unsigned int', t.unsignedInt, 0, 4_294_967_295],
];

describe.each(INTEGERS)('%s', (_name, type, smallest, largest) => {
  const codec = alone(type);

  test('takes every value of its range', () => {
    const values = fc.oneof(
      fc.constantFrom(smallest, smallest + 1, 0, largest - 1, largest),
      fc.integer({ min: smallest, max: largest }),
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(codec.decode(codec.encode({ value }))).toEqual({ value });
      }),
    );
  });

  test.each([smallest - 1, largest + 1, 0.5, Number.NaN, Infinity, '1', 1n, null, undefined, {}])(
    'refuses %s',
    (value) => {
      expect(() => codec.encode({ value } as never)).toThrowError(
        expect.objectContaining({ code: 'TARS_ENCODE', path: 'Test.value' }),
      );
    },
  );
});

test.each([0, -0])('zero, %s as well, is a header alone', (value) => {
  for (const type of [t.byte, t.int, t.long, t.float, t.double]) {
    expect([...alone(type).encode({ value })]).toEqual([0x0c]);
  }
});

test('integers go in the fewest bytes', () => {
  const lengths = [1, 127, 128, 32_767, 32_768, 2 ** 31 - 1, 2 ** 31].map(
    (value) => alone(t.long).encode({ value }).length,
  );
  expect(lengths).toEqual([2, 2, 3, 3, 5, 5, 9]);
});

describe('an unsigned type', () => {
  test('refuses what its wire type can carry and it cannot', () => {
    const bytes = alone(t.int).encode({ value: -1 });
    for (const type of [t.unsignedByte, t.unsignedShort, t.unsignedInt]) {
      expect(() => alone(type).decode(bytes)).toThrowError(/-1 is not a whole number from 0/);
    }
  });
});

describe('a long', () => {
  const big = alone(t.longBigint);

  test('as bigint takes every value of 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(big.decode(big.encode({ value }))).toEqual({ value });
      }),
    );
  });

  test('as text takes every value of 64 bits', () => {
    const text = alone(t.longString);
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bytes = text.encode({ value: String(value) });
        expect(bytes).toEqual(big.encode({ value }));
        expect(text.decode(bytes)).toEqual({ value: String(value) });
      }),
    );
  });

  test.each([2n ** 63n, -(2n ** 63n) - 1n, 1, '1'])('as bigint refuses %s', (value) => {
    expect(() => big.encode({ value } as never)).toThrowError(/Test\.value: expected/);
  });

  test.each(['', ' 1', '1.0', '01', '-0', '+1', '0x1', '1e3', '9223372036854775808', '9'.repeat(100), 1])(
    'as text refuses %j',
    (value) => {
      expect(() => alone(t.longString).encode({ value } as never)).toThrowError(/Test\.value: expected/);
    },
  );

  test('as number refuses to read what it cannot tell apart', () => {
    const bytes = big.encode({ value: 2n ** 53n });
    expect(() => alone(t.long).decode(bytes)).toThrowError(/9007199254740992 is not a whole number/);
  });
});

test('a float refuses a finite number that only a double holds, and rounds the others', () => {
  const codec = alone(t.float);
  expect(() => codec.encode({ value: 1e39 })).toThrowError(/a number of 32 bits/);
  expect(codec.decode(codec.encode({ value: 0.1 }))).toEqual({ value: Math.fround(0.1) });
  expect(codec.decode(codec.encode({ value: -Infinity }))).toEqual({ value: -Infinity });
  expect(codec.decode(codec.encode({ value: Number.NaN }))).toEqual({ value: Number.NaN });
});

test('a double also reads a float', () => {
  expect(alone(t.double).decode(alone(t.float).encode({ value: 0.5 }))).toEqual({ value: 0.5 });
});

test.each([
  '',
  'a',
  'ä',
  '世界',
  '👋🏽',
  '\0',
  'x'.repeat(255),
  'x'.repeat(256),
  '世'.repeat(85),
  '世'.repeat(86),
])('the text %j comes back', (value) => {
  expect(alone(t.string).decode(alone(t.string).encode({ value }))).toEqual({ value });
});

test('half of a surrogate pair travels as the replacement character', () => {
  const codec = alone(t.string);
  expect(codec.decode(codec.encode({ value: 'a\ud800b' }))).toEqual({ value: 'a\ufffdb' });
});

test('bytes are decoded to a copy', () => {
  const encoded = alone(t.bytes).encode({ value: Uint8Array.of(1, 2, 3) });
  const { value } = alone(t.bytes).decode(encoded);
  encoded.fill(0);
  expect(value).toEqual(Uint8Array.of(1, 2, 3));
});

test('bytes also read a list of bytes', () => {
  const encoded = alone(t.vector(t.byte)).encode({ value: [1, -1, 0] });
  expect(alone(t.bytes).decode(encoded)).toEqual({ value: Uint8Array.of(1, 255, 0) });
});

test('an enum passes numbers that its table lacks, and starts with its first member', () => {
  const codec = alone(t.enum({ first: 4, second: 5 }));
  expect(codec.decode(codec.encode({ value: 9 }))).toEqual({ value: 9 });
  expect(codec.initial()).toEqual({ value: 4 });
});

test.each([
  ['bool', t.bool, 1],
  ['string', t.string, 1],
  ['bytes', t.bytes, [1]],
  ['float', t.float, '1'],
  ['double', t.double, null],
  ['enum', t.enum({ a: 0 }), 'a'],
] as const)('%s refuses a value of another kind', (_name, type, value) => {
  expect(() => alone(type as TarsType<unknown>).encode({ value })).toThrowError(/Test\.value: expected/);
});

describe('a writer that is used without a type', () => {
  test.each([1.5, 2 ** 31 + 0.5, 2 ** 53, Number.NaN, Infinity, '1', true, null, undefined])(
    'writes no other number for %o',
    (value) => {
      const writer = new TarsWriter();
      expect(() => writer.integer(0, value as number)).toThrowError(
        /expected a whole number of at most 53 bits/,
      );
      expect(writer.length).toBe(0);
    },
  );

  test.each([2n ** 63n, -(2n ** 63n) - 1n])('writes no other number for %s', (value) => {
    expect(() => new TarsWriter().bigInteger(0, value)).toThrowError(/expected a whole number of 64 bits/);
  });

  test('writes no infinite float for a number that is too large', () => {
    expect(() => new TarsWriter().float(0, 1e39)).toThrowError('expected a number of 32 bits, got 1e+39');
  });
});
