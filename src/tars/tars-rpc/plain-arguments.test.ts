import { describe, expect, test } from 'vitest';
import { TarsEncodeError } from '../wire/wire-errors.ts';
import { required, struct } from '../wire/struct.ts';
import { t } from '../wire/types.ts';
import { checkEncoded, toPlain, toPositions, type PlainValue } from './plain-arguments.ts';

const All = struct<{
  text: string;
  long: string;
  int: number;
  small: number;
  zero: number;
  big: number;
  single: number;
  double: number;
  yes: boolean;
}>('Test.All', {
  text: required(1, t.string),
  long: required(2, t.string),
  int: required(3, t.int),
  small: required(4, t.byte),
  zero: required(5, t.int),
  big: required(6, t.long),
  single: required(7, t.float),
  double: required(20, t.double),
  yes: required(21, t.bool),
});
const VALUES = {
  text: 'Ω',
  long: 'x'.repeat(300),
  int: 100_000,
  small: -3,
  zero: 0,
  big: 2 ** 40,
  single: 0.1,
  double: 0.1,
  yes: true,
};
const NAMES = Object.keys(VALUES);
const check = (given: Partial<Record<keyof typeof VALUES, PlainValue>>): void =>
  checkEncoded(NAMES, Object.values({ ...VALUES, ...given }), All.encode(VALUES));

describe('encoded arguments', () => {
  test('are what was given, for all plain types', () => {
    expect(() => check({})).not.toThrow();
  });

  test.each(
    Object.entries({
      text: 'O',
      long: 'x'.repeat(299),
      int: '100000',
      small: -3.5,
      zero: '',
      big: 2 ** 40 + 1,
      single: 0.2,
      double: 0.1 + 1e-9,
      yes: false,
    }),
  )('that are not what was given are refused by name: %s', (name, value) => {
    expect(() => check({ [name]: value })).toThrow(TarsEncodeError);
    expect(() => check({ [name]: value })).toThrow(new RegExp(`^${name}: `));
  });

  test('that are missing are refused', () => {
    expect(() => checkEncoded(['a'], [1], new Uint8Array())).toThrow(/^a: /);
  });
});

test('arguments by name are put in order; others than texts, numbers and booleans are refused', () => {
  expect(toPositions(['b', 'a'], { a: 1, b: 'x' })).toEqual(['x', 1]);
  for (const value of [null, undefined, {}, [], ['x']])
    expect(() => toPositions(['a'], { a: value })).toThrow(/^a: /);
  expect(() => toPositions(['toString'], {})).toThrow(/^toString: /);
});

test('results are JSON: structs and lists as they say of themselves, bytes as base64', () => {
  const list = { toObject: () => [{ toObject: () => ({ id: 1 }) }, 2n] };
  expect(toPlain({ list, bytes: { toObject: () => Buffer.from('hi') }, text: 'x' })).toEqual({
    list: [{ id: 1 }, '2'],
    bytes: 'aGk=',
    text: 'x',
  });
});
