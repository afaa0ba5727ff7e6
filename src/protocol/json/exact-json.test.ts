import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactJson, writeExactJson, type ExactJson } from './exact-json.ts';
import { numberTexts } from './json-harness.ts';
import { JsonNumber, toWholeNumber } from './json-number.ts';

function digitsOf(value: ExactJson): string {
  return value instanceof JsonNumber ? value.text : JSON.stringify(value);
}

/** What `JSON.parse` makes of the same text: each number as JavaScript rounds it. */
function round(value: ExactJson): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(round);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, round(inner)]));
}

const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '-0', '1.5', '}', ',', ':', '9007199254740993') }),
);
const keys = fc.oneof(strings, fc.constantFrom('__proto__', 'constructor', '1', ''));
const space = fc.constantFrom('', ' ', '\n\t');

/** JSON texts with numbers of any form, some in white space. */
const { texts } = fc.letrec<{ texts: string }>((tie) => ({
  texts: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.tuple(space, numberTexts, space).map((parts) => parts.join('')),
    strings.map((text) => JSON.stringify(text)),
    fc.constantFrom('true', 'false', 'null', '[]', '{}'),
    fc.array(tie('texts')).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(keys, space, tie('texts')))
      .map(
        (fields) =>
          `{${fields.map(([key, gap, value]) => `${JSON.stringify(key)}${gap}:${value}`).join(',')}}`,
      ),
  ),
}));

describe('a JSON text', () => {
  test('has the value that JSON.parse gives it, before rounding', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(round(parseExactJson(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('that is written again has the same value, digit by digit', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const value = parseExactJson(text);
        expect(parseExactJson(writeExactJson(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test('keeps the digits of each number, wherever it is', () => {
    fc.assert(
      fc.property(numberTexts, (number) => {
        expect(digitsOf(parseExactJson(number))).toBe(number);
        const deep = parseExactJson(`{"a":[{"b":${number}}],"c":"${number}"}`) as {
          a: [{ b: ExactJson }];
          c: string;
        };
        expect([digitsOf(deep.a[0].b), deep.c]).toEqual([number, number]);
        expect(writeExactJson(deep)).toBe(`{"a":[{"b":${number}}],"c":"${number}"}`);
      }),
    );
  });

  test.each(['', '{', '[1', '-', '01', '1.', '.5', '+1', '1e', '{"a":1e400', 'NaN', '9007199254740993x'])(
    'that is none is refused: %j',
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  test('may be nested as deep as JSON.parse allows', () => {
    const depth = 100_000;
    let value = parseExactJson(`${'['.repeat(depth)}1e400${']'.repeat(depth)}`);
    for (let level = 0; level < depth; level += 1) value = (value as readonly ExactJson[])[0] ?? null;
    expect(value).toEqual(new JsonNumber('1e400'));
  });

  test('changes no prototype', () => {
    const value = parseExactJson('{"__proto__":{"polluted":1e400},"a":1}') as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('polluted' in value).toBe(false);
  });
});

test('numbers that JavaScript keeps are plain numbers', () => {
  const kept = ['0', '1', '-1', '0.1', '1.5e-7', '9007199254740991', '-9007199254740991'];
  for (const text of kept) expect(parseExactJson(text)).toBe(Number(text));
});

test.each([
  ['9007199254740993', 9_007_199_254_740_993n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['1e2', 100n],
  ['1.50E1', 15n],
  ['100.0', 100n],
  ['-0', 0n],
  ['0e999999999999', 0n],
  ['1.5', undefined],
  ['1e-1', undefined],
  ['1e400', undefined],
  ['1e999999999999', undefined],
  ['text', undefined],
])('the whole number of %s is %s', (text, value) => {
  expect(toWholeNumber(text)).toBe(value);
});

test('another writer of JSON gets the digits as a string', () => {
  expect(JSON.stringify([new JsonNumber('1e400')])).toBe('["1e400"]');
});
