import { expect, test } from 'vitest';
import { JsonNumber } from './json-number.ts';
import { findNonJson } from './non-json.ts';

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [5n, 'a bigint'],
  [() => 'x', 'a function'],
  [Symbol('x'), 'a symbol'],
  [new Map([['a', 1]]), 'a Map'],
  [{ users: new Set(['a']) }, 'a Set at .users'],
  [[1, undefined], 'undefined at [1]'],
  [new Uint8Array(2), 'a Uint8Array'],
  [new DataView(new ArrayBuffer(2)), 'a DataView'],
  [new ArrayBuffer(2), 'an ArrayBuffer'],
  [new Blob(['x']), 'a Blob'],
  [new Response('x'), 'a Response'],
  [new Headers(), 'a Headers'],
  [{ error: new TypeError('x') }, 'an Error at .error'],
  [/x/, 'a RegExp'],
  [[Promise.resolve(1)], 'a Promise at [0]'],
  [Object(5n), 'a bigint'],
  [{ price: Object(Number.NaN) }, 'NaN at .price'],
])('%o is no JSON', (value, found) => {
  expect(findNonJson(value)).toBe(found);
});

class Point {
  x = 1;
}

test.each<[unknown]>([
  [null],
  [{ a: [1, 'x', true, null], b: undefined }],
  [Object.assign(Object.create(null), { a: 1 })],
  [new Point()],
  [new Date(0)],
  [new URL('http://localhost/')],
  [new JsonNumber('1e400')],
  [Buffer.from('x')],
  [Object(5)],
  [Object('x')],
  [Object(false)],
])('%o is JSON', (value) => {
  expect(findNonJson(value)).toBeUndefined();
});
