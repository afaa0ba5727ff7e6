import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExactJson } from './exact-json.ts';
import { numberTexts } from './json-harness.ts';
import { toWholeNumber } from './json-number.ts';
import { findLostNumber, mayLoseNumbers } from './lost-number.ts';

test.each(['9007199254740993', '1e400', '-1e400', '1e-400', '9223372036854775808', '0.1000000000000000055'])(
  '%s is lost, wherever it is',
  (number) => {
    const text = `{"a":[{"b":${number}}],"c":1}`;
    expect(mayLoseNumbers(text)).toBe(true);
    expect(findLostNumber(parseExactJson(text))).toBe(number);
  },
);

test.each([
  '1.0',
  '1E2',
  '-0',
  '0e999',
  '1.50',
  '1e21',
  '100000000000000000000',
  '9007199254740994',
  '5e-324',
])('%s is held', (number) => {
  expect(findLostNumber(parseExactJson(`[${number}]`))).toBeUndefined();
});

test('a number that is not lost is written with the same value', () => {
  fc.assert(
    fc.property(numberTexts, (number) => {
      const lost = findLostNumber(parseExactJson(number));
      const whole = toWholeNumber(number);
      if (lost !== undefined) expect(mayLoseNumbers(number)).toBe(true);
      else if (whole !== undefined) expect(toWholeNumber(String(Number(number)))).toBe(whole);
      else expect(Number.isFinite(Number(number))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('the nesting has no limit', () => {
  const depth = 100_000;
  const text = `${'['.repeat(depth)}1e400${']'.repeat(depth)}`;
  expect(findLostNumber(parseExactJson(text))).toBe('1e400');
});
