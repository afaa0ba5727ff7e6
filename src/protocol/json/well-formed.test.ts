import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mendHalves } from './well-formed.ts';

const strings = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\ud800', '\udc00', '🎈', '\\', '"', 'u', 'd', '8', '\n'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

test('half of a surrogate pair becomes U+FFFD, and nothing else changes', () => {
  fc.assert(
    fc.property(strings, (text) => {
      expect(JSON.parse(mendHalves(JSON.stringify(text)))).toBe(text.toWellFormed());
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [String.raw`"\uD83C\uDF88"`, '🎈'],
  [String.raw`"\ud83c\ud83c\udf88"`, '\ufffd🎈'],
  [String.raw`"\udf88\ud83c"`, '\ufffd\ufffd'],
  [String.raw`"\\ud83c"`, String.raw`\ud83c`],
  ['"\ud83c"', '\ufffd'],
])('%s is %j', (json, text) => {
  expect(JSON.parse(mendHalves(json))).toBe(text);
});
