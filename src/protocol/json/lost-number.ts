/** Finds numbers that a JavaScript number cannot hold. Another way to write a number that it can hold is allowed. */

import type { ExactJson } from './exact-json.ts';
import { JsonNumber } from './json-number.ts';

/**
 * Matches every JSON text with a number that is lost. It also matches some other texts. JavaScript holds each number of
 * up to 15 digits whose exponent has two digits at most.
 */
const MAY_BE_LOST = /[\d.]{16}|\d[eE][+-]?\d{3}/;

/** False for most texts: then they have no such number, and need not be read again. */
export function mayLoseNumbers(text: string): boolean {
  return MAY_BE_LOST.test(text);
}

/**
 * The text of a number whose value a JavaScript number changes, such as `9007199254740993` or `1e400`; undefined if there
 * is none. `1.0` and `1E2` are not lost. It uses no recursion, so the nesting has no limit.
 */
export function findLostNumber(value: ExactJson): string | undefined {
  const rest: ExactJson[] = [value];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (next instanceof JsonNumber) {
      if (isLost(next.text)) return next.text;
    } else if (typeof next === 'object' && next !== null) {
      for (const inner of Object.values(next)) rest.push(inner);
    }
  }
  return undefined;
}

function isLost(text: string): boolean {
  const number = Number(text);
  return !Number.isFinite(number) || valueOf(text) !== valueOf(String(number));
}

const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** The value of a number, without its sign, in one way to write it: its digits and its exponent. */
function valueOf(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = whole + fraction;
  const end = endOfDigits(digits);
  const significant = digits.slice(0, end).replace(/^0+/, '');
  if (significant === '') return '0';
  return `${significant}e${Number(exponent) - fraction.length + (digits.length - end)}`;
}

/** Where the zeros at the end begin. */
function endOfDigits(digits: string): number {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return end;
}
