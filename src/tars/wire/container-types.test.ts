import { expect, test } from 'vitest';
import { required, struct } from './struct.ts';
import { t } from './types.ts';

const Lists = struct<{ list: string[]; map: Map<string, number> }>('Lists', {
  list: required(0, t.vector(t.string)),
  map: required(1, t.map(t.string, t.int)),
});

test('empty containers come back empty', () => {
  const value = { list: [], map: new Map() };
  expect(Lists.decode(Lists.encode(value))).toEqual(value);
});

test('a map keeps its order, and of two entries with one key the later one', () => {
  const pairs = struct<{ map: Map<string, number> }>('Pairs', { map: required(1, t.map(t.string, t.int)) });
  const sent = new Map([
    ['b', 1],
    ['a', 2],
  ]);
  expect([...pairs.decode(pairs.encode({ map: sent })).map]).toEqual([...sent]);
  // By hand: two entries, `b` is 1 and `b` is 2.
  const twice = Buffer.from('18' + '0002' + '060162' + '1001' + '060162' + '1002', 'hex');
  expect([...pairs.decode(twice).map]).toEqual([['b', 2]]);
});

test.each([
  [{ list: 'ab', map: new Map() }, 'Lists.list: expected an array, got a string'],
  [{ list: [], map: {} }, 'Lists.map: expected a Map, got an object'],
  // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tested
  [{ list: ['a', , 'c'], map: new Map() }, 'Lists.list[1]: expected a string, got nothing'],
  [{ list: [], map: new Map([['a', 1.5]]) }, 'Lists.map[entry 0]: expected a whole number'],
])('what is no container, or holds a wrong item, is refused', (value, message) => {
  expect(() => Lists.encode(value as never)).toThrowError(message);
});
