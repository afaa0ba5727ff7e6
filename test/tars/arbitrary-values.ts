/** Arbitrary values of any type of a checked .tars file: every bound of the integers, empty and nested containers, unicode. */

import fc from 'fast-check';
import type { KeyModel, Type } from '../../src/idl/check/model.ts';

/** Texts that cannot be keys of a plain object. The reference library uses plain objects for maps. */
const UNUSABLE_KEY = '__proto__';

/** @param keys The keys of structs, which must be different for different map entries. */
export function arbitraryOf(type: Type, keys: readonly KeyModel[] = []): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'base':
      return BASES[type.base];
    case 'bytes':
      return fc.uint8Array({ maxLength: 300 });
    case 'enum':
      return fc.constantFrom(...type.enum.members.map(({ value }) => value));
    case 'vector':
      return fc.array(arbitraryOf(type.item, keys), { maxLength: 4 });
    case 'map':
      return fc
        .uniqueArray(fc.tuple(arbitraryOf(type.key, keys), arbitraryOf(type.value, keys)), {
          maxLength: 4,
          selector: ([key]) => identify(type.key, key, keys),
        })
        .map((entries) => new Map(entries.filter(([key]) => key !== UNUSABLE_KEY)));
    case 'struct':
      return fc.record(
        Object.fromEntries(type.struct.fields.map((field) => [field.name, arbitraryOf(field.type, keys)])),
      );
  }
}

function identify(type: Type, value: unknown, keys: readonly KeyModel[]): string {
  if (type.kind !== 'struct') return String(value);
  const key = keys.find(({ struct }) => struct === type.struct);
  return JSON.stringify((key?.members ?? []).map((name) => (value as Record<string, unknown>)[name]));
}

function integers(smallest: number, largest: number): fc.Arbitrary<number> {
  const edges = [
    0,
    -1,
    127,
    128,
    255,
    256,
    -128,
    -129,
    32_767,
    32_768,
    -32_768,
    -32_769,
    65_535,
    65_536,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 1,
    2 ** 32 - 1,
    2 ** 32,
    smallest,
    largest,
  ].filter((edge) => edge >= smallest && edge <= largest);
  return fc.oneof(
    fc.constantFrom(...edges),
    fc.integer({ min: Math.max(smallest, Number.MIN_SAFE_INTEGER), max: largest }),
  );
}

/** A number without a negative zero: the sign of a zero is not encoded. */
function plainZero(value: number): number {
  return value === 0 ? 0 : value;
}

/** Up to beyond the 255 bytes where the length takes four. */
const texts = fc.string({ unit: 'binary', maxLength: 300, size: 'max' });

const BASES = {
  bool: fc.boolean(),
  byte: fc.integer({ min: -128, max: 127 }),
  short: fc.integer({ min: -32_768, max: 32_767 }),
  int: integers(-(2 ** 31), 2 ** 31 - 1),
  long: integers(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  'unsigned byte': fc.integer({ min: 0, max: 255 }),
  'unsigned short': fc.integer({ min: 0, max: 65_535 }),
  'unsigned int': integers(0, 2 ** 32 - 1),
  float: fc.float().map(plainZero),
  double: fc.double().map(plainZero),
  string: fc.oneof(texts, fc.string({ unit: 'grapheme' }), fc.string()),
};
