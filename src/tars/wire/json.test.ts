import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonNumber } from '../../protocol/json/json-number.ts';
import { fromJson, toJson } from './json.ts';
import { longOf } from './scalar-types.ts';
import { optional, required, struct } from './struct.ts';
import type { TarsType } from './tars-type.ts';
import { t } from './types.ts';

interface Everything {
  text: string;
  whole: number;
  big: bigint;
  raw: Uint8Array;
  names: Map<string, number>;
  numbers: Map<number, string[]>;
  flags?: Map<boolean, string>;
}

const everything = struct<Everything>('Test.Everything', {
  text: required(0, t.string),
  whole: required(1, t.int),
  big: required(2, t.longBigint),
  raw: required(3, t.bytes),
  names: required(4, t.map(t.string, t.int)),
  numbers: required(5, t.map(t.int, t.vector(t.string))),
  flags: optional(6, t.map(t.bool, t.string)),
});

describe('a value', () => {
  test('goes to JSON text and back, whatever it holds', () => {
    const values = fc.record({
      text: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
      whole: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      raw: fc.uint8Array(),
      names: fc.dictionary(fc.string(), fc.nat()).map((entries) => new Map(Object.entries(entries))),
      numbers: fc
        .array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.array(fc.string())))
        .map((pairs) => new Map(pairs)),
      flags: fc.array(fc.tuple(fc.boolean(), fc.string())).map((pairs) => new Map(pairs)),
    });
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(toJson(everything, value));
        const back = fromJson(everything, JSON.parse(text)) as Everything;
        expect(everything.decode(everything.encode(back))).toEqual(
          everything.decode(everything.encode(value)),
        );
      }),
    );
  });

  test('is written as a JSON user expects it', () => {
    const value = {
      text: 'x',
      whole: 1,
      big: 2n ** 60n,
      raw: new Uint8Array([104, 105]),
      names: new Map([['a', 1]]),
      numbers: new Map([[7, ['b']]]),
      flags: new Map([[true, 'yes']]),
    };
    expect(toJson(everything, value)).toEqual({
      text: 'x',
      whole: 1,
      big: '1152921504606846976',
      raw: 'aGk=',
      names: { a: 1 },
      numbers: { 7: ['b'] },
      flags: { true: 'yes' },
    });
  });

  test('whose map has structs for keys is a list of pairs', () => {
    const key = struct<{ id: number }>('Test.Key', { id: required(0, t.int) });
    const type = t.map(key, t.string);
    const json = toJson(type, new Map([[{ id: 1 }, 'one']]));
    expect(json).toEqual([[{ id: 1 }, 'one']]);
    expect(fromJson(type, json)).toEqual(new Map([[{ id: 1 }, 'one']]));
  });
});

describe('a long', () => {
  test.each([
    ['long', t.long, 7, 7],
    ['longBigint', t.longBigint, 7n, '7'],
    ['longString', t.longString, '7', '7'],
    ['longOf string', longOf('string'), 7n, 7],
    ['longOf number', longOf('number'), 7n, 7],
  ] as [string, TarsType<unknown>, unknown, unknown][])(
    'as %s is read from a number and from digits',
    (_, type, value, json) => {
      for (const given of [7, '7', new JsonNumber('7.0'), new JsonNumber('0.7e1')])
        expect(fromJson(type, given)).toBe(value);
      expect(toJson(type, value)).toBe(json);
    },
  );

  test.each([
    ['long', t.long],
    ['longBigint', t.longBigint],
    ['longString', t.longString],
  ] as [string, TarsType<unknown>][])(
    'as %s is not read from a number that JavaScript has rounded',
    (_, type) => {
      const codec = struct<{ value: unknown }>('Test', { value: required(0, type) } as never);
      for (const given of [2 ** 53, 0.5, Number.NaN, '0x1', ' 1', '', true, null]) {
        const value = fromJson(codec, { value: given }) as { value: unknown };
        expect(() => codec.encode(value)).toThrowError(/^Test\.value: expected a whole number/);
      }
    },
  );
});

describe('JSON of another shape', () => {
  test.each([
    null,
    1,
    'text',
    true,
    [],
    [1, 2],
    {},
    { text: 1 },
    { names: [[1]] },
    { numbers: { x: [] } },
    { raw: 5 },
  ])('is refused when it is encoded, and nothing before throws: %j', (json) => {
    const value = fromJson(everything, json) as Everything;
    expect(() => everything.encode(value)).toThrow(expect.objectContaining({ code: 'TARS_ENCODE' }));
  });

  test('has no names that are not the struct’s own', () => {
    const json: unknown = JSON.parse('{"text":"x","__proto__":{"whole":1},"constructor":1}');
    const some = struct<{ text: string; whole?: number }>('Test.Some', {
      text: required(0, t.string),
      whole: optional(1, t.int),
    });
    expect(Object.keys(fromJson(some, json) as object)).toEqual(['text']);
  });

  test.each([
    [t.longBigint, 'a whole number of 64 bits or a string of its digits'],
    [t.longString, 'a whole number of 64 bits or a string of its digits'],
    [t.bytes, 'a base64 text'],
    [t.map(t.string, t.int), 'an object'],
    [t.map(t.vector(t.int), t.int), 'a list of pairs [key, value]'],
    [t.vector(t.int), 'an array'],
    [everything, 'an object'],
    [t.double, 'a number'],
    [t.string, 'a string'],
    [t.bool, 'a boolean'],
  ])('that lacks a field is refused in the words of JSON', (type, expected) => {
    const outer = struct<{ v: object }>('Test.Outer', { v: required(0, type as TarsType<object>) });
    expect(() => outer.encode(fromJson(outer, {}) as { v: object })).toThrow(
      `Test.Outer.v: expected ${expected}, got nothing`,
    );
  });
});
