/** Compares every type of the language with the reference library, also types that no platform file uses. */

import TarsStream from '@tars/stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Type } from '../../src/idl/check/model.ts';
import { required, struct, t, type Field, type TarsType } from '../../src/tars.ts';
import { arbitraryOf } from './arbitrary-values.ts';
import { ReferenceValues } from './reference-values.ts';

/** The streams of the reference, by method names. */
type Stream = Record<string, (...args: unknown[]) => unknown> & {
  getBinBuffer(): { toNodeBuffer(): Buffer };
};

const reference = TarsStream as unknown as {
  TarsOutputStream: new () => Stream;
  TarsInputStream: new (bytes: unknown) => Stream;
  BinBuffer: new (bytes: Buffer) => unknown;
};

interface TypeCase {
  readonly name: string;
  readonly type: Type;
  readonly codec: Field<unknown>['type'];
  /** The second part of the names of the reference's methods `write…` and `read…`. */
  readonly method: string;
}

function base(name: (Type & { kind: 'base' })['base'], codec: unknown, method: string): TypeCase {
  return { name, type: { kind: 'base', base: name }, codec: codec as TypeCase['codec'], method };
}

function container(name: string, type: Type, codec: unknown, method: string): TypeCase {
  return { name, type, codec: codec as TypeCase['codec'], method };
}

const int: Type = { kind: 'base', base: 'int' };
const long: Type = { kind: 'base', base: 'long' };
const text: Type = { kind: 'base', base: 'string' };
const bytes: Type = { kind: 'bytes' };

const CASES: readonly TypeCase[] = [
  base('bool', t.bool, 'Boolean'),
  base('byte', t.byte, 'Int8'),
  base('short', t.short, 'Int16'),
  base('int', t.int, 'Int32'),
  base('long', t.long, 'Int64'),
  base('unsigned byte', t.unsignedByte, 'UInt8'),
  base('unsigned short', t.unsignedShort, 'UInt16'),
  base('unsigned int', t.unsignedInt, 'UInt32'),
  base('float', t.float, 'Float'),
  base('double', t.double, 'Double'),
  base('string', t.string, 'String'),
  container('vector<byte>', bytes, t.bytes, 'Bytes'),
  container('vector<long>', { kind: 'vector', item: long }, t.vector(t.long), 'List'),
  container(
    'vector<vector<string>>',
    { kind: 'vector', item: { kind: 'vector', item: text } },
    t.vector(t.vector(t.string)),
    'List',
  ),
  container('map<int, string>', { kind: 'map', key: int, value: text }, t.map(t.int, t.string), 'Map'),
  container(
    'map<string, vector<map<long, vector<byte>>>>',
    {
      kind: 'map',
      key: text,
      value: { kind: 'vector', item: { kind: 'map', key: long, value: bytes } },
    },
    t.map(t.string, t.vector(t.map(t.long, t.bytes))),
    'Map',
  ),
];

const values = new ReferenceValues([]);

describe.each(CASES)('$name', ({ type, codec, method }) => {
  // A tag from 15 on needs two bytes.
  test.each([0, 14, 15, 255])('can be sent to the reference and back, with tag %d', (tag) => {
    const ours = struct<{ value: unknown }>('Test', { value: required(tag, codec) } as never);
    fc.assert(
      fc.property(arbitraryOf(type), (value) => {
        const output = new reference.TarsOutputStream();
        output[`write${method}`]!(tag, values.toReference(type, value));
        expect(ours.decode(output.getBinBuffer().toNodeBuffer())).toEqual({ value });

        const input = new reference.TarsInputStream(
          new reference.BinBuffer(Buffer.from(ours.encode({ value }))),
        );
        const back = input[`read${method}`]!(tag, true, values.toReferenceType(type));
        expect(values.fromReference(type, back)).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a long of 64 bits', () => {
  const longs = fc.oneof(
    fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n), 2n ** 32n, -(2n ** 32n), 0n),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  );

  test.each([
    ['bigint', t.longBigint, (value: bigint): bigint | string => value],
    ['text', t.longString, String],
  ] as const)('as %s goes to the reference and comes back', (_name, codec, toOurs) => {
    const type = codec as TarsType<bigint | string>;
    const ours = struct<{ value: bigint | string }>('Test', { value: required(3, type) });
    fc.assert(
      fc.property(longs, (value) => {
        const output = new reference.TarsOutputStream();
        output['writeInt64']!(3, String(value), true);
        const bytes = output.getBinBuffer().toNodeBuffer();
        expect(Buffer.from(ours.encode({ value: toOurs(value) })).toString('hex')).toBe(
          bytes.toString('hex'),
        );
        expect(ours.decode(bytes)).toEqual({ value: toOurs(value) });
      }),
      { numRuns: 500 },
    );
  });
});
