import { describe, expect, test } from 'vitest';
import { RequestPacket } from './packets.ts';
import { optional, required, struct } from './struct.ts';
import type { TarsType } from './tars-type.ts';
import { tupTypeName } from './tup-type-name.ts';
import { decodeAttributes, encodeAttributes, isTupVersion, toTupAnswer } from './tup.ts';
import { t } from './types.ts';
import { TarsDecodeError, TarsEncodeError } from './wire-errors.ts';

interface Point {
  x: number;
  y?: number;
}
const Point = struct<Point>('Test.Point', { x: required(0, t.int), y: optional(1, t.int, 7) });

interface Given {
  text: string;
  points: Point[];
  constructor: number;
  note?: string;
}
const Given = struct<Given>('Test.Geo.given', {
  text: required(1, t.string),
  points: required(2, t.vector(Point)),
  constructor: required(3, t.int),
  note: optional(200, t.string, 'none'),
});
const VALUE: Given = { text: 'Ω', points: [{ x: 1, y: 2 }, { x: 3 }], constructor: 9 };
const DECODED = {
  ...VALUE,
  points: [
    { x: 1, y: 2 },
    { x: 3, y: 7 },
  ],
  note: 'none',
};

const simple = struct<{ attributes: Map<string, Uint8Array> }>('Test.Simple', {
  attributes: required(0, t.map(t.string, t.bytes)),
});
const complex = struct<{ attributes: Map<string, Map<string, Uint8Array>> }>('Test.Complex', {
  attributes: required(0, t.map(t.string, t.map(t.string, t.bytes))),
});
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('attributes', () => {
  test.each([2, 3] as const)('come back as they went, in version %i', (version) => {
    expect(decodeAttributes(Given, encodeAttributes(Given, VALUE, version), version)).toEqual(DECODED);
  });

  test('of version 3 are bytes by name, each value with tag 0', () => {
    const { attributes } = simple.decode(encodeAttributes(Given, VALUE, 3));
    expect([...attributes.keys()]).toEqual(['text', 'points', 'constructor', 'note']);
    expect(hex(attributes.get('text')!)).toBe('0602cea9');
  });

  test('of version 2 have the names of their types', () => {
    const { attributes } = complex.decode(encodeAttributes(Given, VALUE, 2));
    expect([...attributes].map(([name, typed]) => [name, ...typed.keys()])).toEqual([
      ['text', 'string'],
      ['points', 'list<struct>'],
      ['constructor', 'int32'],
      ['note', 'string'],
    ]);
  });

  test('the return value goes under both names that callers know', () => {
    const Result = struct<{ ret: number; out: number }>('Test.result', {
      ret: required(0, t.int),
      out: required(1, t.int),
    });
    const { attributes } = simple.decode(encodeAttributes(Result, { ret: 5, out: 6 }, 3));
    expect([...attributes].map(([name, bytes]) => [name, hex(bytes)])).toEqual([
      ['', '0005'],
      ['tars_ret', '0005'],
      ['out', '0006'],
    ]);
  });

  test('that are not parameters are ignored', () => {
    const { attributes } = simple.decode(encodeAttributes(Given, VALUE, 3));
    attributes.set('', Uint8Array.of(0xff)).set('more', Uint8Array.of());
    expect(decodeAttributes(Given, simple.encode({ attributes }), 3)).toEqual(DECODED);
  });

  test.each([
    ['a missing result', undefined, 'Test.Geo.given: expected an object, got nothing'],
    ['a wrong type', { ...VALUE, text: 1 }, 'Test.Geo.given.text: expected a string, got 1'],
    [
      'a place inside',
      { ...VALUE, points: [{ x: '1' }] },
      'Test.Geo.given.points[0].x: expected a whole number',
    ],
    ['an inherited name', { text: '', points: [] }, 'Test.Geo.given.constructor: expected a whole number'],
  ])('refuse to be made of what does not fit: %s', (_, value, problem) => {
    const encode = () => encodeAttributes(Given, value as never, 3);
    expect(encode).toThrow(TarsEncodeError);
    expect(encode).toThrow(problem);
  });
});

describe('bytes from outside', () => {
  const withAttribute = (name: string, bytes: Uint8Array): Uint8Array => {
    const { attributes } = simple.decode(encodeAttributes(Given, VALUE, 3));
    return simple.encode({ attributes: attributes.set(name, bytes) });
  };
  const without = (name: string): Uint8Array => {
    const { attributes } = simple.decode(encodeAttributes(Given, VALUE, 3));
    attributes.delete(name);
    return simple.encode({ attributes });
  };
  const many = new Map(Array.from({ length: 1025 }, (_, index) => [`${index}`, new Uint8Array(0)]));
  const twoTypes = new Map(['string', 'int32'].map((name) => [name, Uint8Array.of(0x0c)]));

  test.each<[string, 2 | 3, Uint8Array, string]>([
    ['nothing', 3, new Uint8Array(0), 'given: tag 0 is missing'],
    ['nothing in version 2', 2, new Uint8Array(0), 'given: tag 0 is missing'],
    ['the plain form', 3, Given.encode(VALUE), 'given: tag 0 is missing'],
    ['a number', 3, Uint8Array.of(0x00, 0x07), 'given: expected a map'],
    [
      'a count beyond the bytes',
      3,
      Buffer.from('08027fffffff', 'hex'),
      'given: 2147483647 items are announced',
    ],
    ['a negative count', 3, Buffer.from('0800ff', 'hex'), 'given: -1 items are announced'],
    ['too many attributes', 3, simple.encode({ attributes: many }), 'given: more than 1024 attributes'],
    ['numbers for names', 3, Buffer.from('0800010001', 'hex'), 'given: expected a string'],
    ['version 2 for 3', 3, encodeAttributes(Given, VALUE, 2), 'given: expected bytes'],
    ['version 3 for 2', 2, encodeAttributes(Given, VALUE, 3), 'given: expected a map'],
    [
      'two types',
      2,
      complex.encode({ attributes: new Map([['text', twoTypes]]) }),
      'given: an attribute of 2 types',
    ],
    [
      'no type',
      2,
      complex.encode({ attributes: new Map([['text', new Map()]]) }),
      'given: an attribute of 0 types',
    ],
    ['a missing attribute', 3, without('points'), 'given.points: there is no such attribute'],
    ['an inherited name', 3, without('constructor'), 'given.constructor: there is no such attribute'],
    ['an empty value', 3, withAttribute('text', Uint8Array.of()), 'given.text: tag 0 is missing'],
    ['a wrong type', 3, withAttribute('text', Uint8Array.of(0x0c)), 'given.text: expected a string'],
    [
      'a value under another tag',
      3,
      withAttribute('text', Uint8Array.of(0x16, 0)),
      'given.text: tag 0 is missing',
    ],
    [
      'a huge list',
      3,
      withAttribute('points', Buffer.from('09027fffffff', 'hex')),
      'given.points: 2147483647 items are announced',
    ],
  ])('are refused: %s', (_, version, body, problem) => {
    const decode = () => decodeAttributes(Given, body, version);
    expect(decode).toThrow(TarsDecodeError);
    expect(decode).toThrow(`Test.Geo.${problem}`);
  });

  test('an attribute that may be missing is its default', () => {
    expect(decodeAttributes(Given, without('note'), 3).note).toBe('none');
  });

  test('cut short anywhere are refused', () => {
    for (const version of [2, 3] as const) {
      const body = encodeAttributes(Given, VALUE, version);
      for (let length = 0; length < body.length; length++) {
        expect(() => decodeAttributes(Given, body.subarray(0, length), version)).toThrow(TarsDecodeError);
      }
    }
  });
});

describe('an answer', () => {
  const request = { version: 3, requestId: 4, servant: 'A.B.Obj', func: 'f' } as const;

  test('is a request packet with the result', () => {
    const body = encodeAttributes(Given, VALUE, 3);
    const packet = RequestPacket.decode(RequestPacket.encode(toTupAnswer(request, { ret: 0, body })));
    expect(packet).toMatchObject({
      ...request,
      packetType: 0,
      status: new Map([['STATUS_RESULT_CODE', '0']]),
    });
    expect(decodeAttributes(Given, packet.body, 3)).toEqual(DECODED);
  });

  test.each([2, 3] as const)('without a result has no attributes, in version %i', (version) => {
    const answer = toTupAnswer({ ...request, version }, { ret: -3, body: new Uint8Array(0) });
    const { body, status } = RequestPacket.decode(RequestPacket.encode(answer));
    expect(status).toEqual(new Map([['STATUS_RESULT_CODE', '-3']]));
    expect(hex(body)).toBe('080c');
  });
});

test('the versions of TUP are 2 and 3', () => {
  expect([0, 1, 2, 3, 4, 5, -2].filter(isTupVersion)).toEqual([2, 3]);
});

test.each<[string, unknown]>([
  ['bool', t.bool],
  ['char', t.byte],
  ['short', t.short],
  ['int32', t.int],
  ['int64', t.long],
  ['int64', t.longString],
  ['int64', t.longBigint],
  ['short', t.unsignedByte],
  ['int32', t.unsignedShort],
  ['int64', t.unsignedInt],
  ['float', t.float],
  ['double', t.double],
  ['string', t.string],
  ['list<char>', t.bytes],
  ['int32', t.enum({ one: 1, two: 2 })],
  ['Test.Point', Point],
  ['list<list<bool>>', t.vector(t.vector(t.bool))],
  ['map<string,map<int64,double>>', t.map(t.string, t.map(t.long, t.double))],
  ['map<struct,list<struct>>', t.map(Point, t.vector(Point))],
])('version 2 names a type %s', (name, type) => {
  expect(tupTypeName(type as TarsType<unknown>)).toBe(name);
});
