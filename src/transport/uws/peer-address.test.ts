import { expect, test } from 'vitest';
import { formatAddress } from './peer-address.ts';

test.each([
  [[127, 0, 0, 1], '127.0.0.1'],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 7], '10.0.0.7'],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], '::1'],
  [[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd, 0, 9], '2001:db8::abcd:9'],
  [[], ''],
])('%j is formatted as %s', (bytes, text) => {
  expect(formatAddress(new Uint8Array(bytes))).toBe(text);
});
