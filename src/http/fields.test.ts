import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readQuery } from './fields.ts';

const NAMES = ['roomNum', 'message'];

/** Parts of queries, including parts that are easily confused. */
const piece = fc.oneof(
  fc.constantFrom(
    'roomNum',
    'message',
    'room',
    'roomNumber',
    '&',
    '=',
    '+',
    '?',
    '%',
    '%20',
    '%3D',
    '%ff',
    '%6dessage',
  ),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);

test('a query is read as URLSearchParams reads it', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const query = pieces.join('');
      const params = new URLSearchParams(query);
      expect(readQuery(query, NAMES)).toEqual(NAMES.map((name) => params.get(name) ?? undefined));
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['', [undefined, undefined]],
  ['roomNum=room1&message=a+b+c', ['room1', 'a b c']],
  ['message=hi&roomNum=room1&message=no', ['room1', 'hi']],
  ['roomNum&message', ['', '']],
  ['?message=hi', [undefined, 'hi']],
  ['roomNum=a=b&&message=', ['a=b', '']],
  ['roomNumber=1&xmessage=2', [undefined, undefined]],
  ['roomNum=%E2%98%83&mess%61ge=+%2B', ['☃', ' +']],
])('%j', (query, values) => {
  expect(readQuery(query, NAMES)).toEqual(values);
});
