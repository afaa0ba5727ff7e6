/** Reads integers (decimal, octal and hexadecimal) and floats, as in C. */

import type { Report } from './diagnostics.ts';
import type { Span } from './source-file.ts';
import type { Token } from './tokens.ts';

const DECIMAL = /^[+-]?(?:0|[1-9]\d*)$/;
const OCTAL = /^[+-]?0[0-7]+$/;
const HEX = /^[+-]?0x[0-9a-f]+$/i;
const FLOAT = /^[+-]?(?:\d*\.\d+|\d+\.|\d+(?=[eE]))(?:[eE][+-]?\d+)?[fF]?$/;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** More digits than 64 bits need, because converting a very long text to a bigint is slow. */
const MAX_DIGITS = 30;

/** The token of a text that looks like a number; if it is none, that is reported and the value is 0. */
export function readNumber(text: string, span: Span, report: Report): Token {
  if (FLOAT.test(text)) return { ...span, kind: 'float', text, float: readFloat(text, span, report) };
  return { ...span, kind: 'integer', text, integer: readInteger(text, span, report) };
}

function readInteger(text: string, span: Span, report: Report): bigint {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]/, '');
  if (!DECIMAL.test(text) && !OCTAL.test(text) && !HEX.test(text)) {
    const octal = /^0\d+$/.test(digits) ? ': a leading 0 makes it octal, and octal digits are 0 to 7' : '';
    report(span, `${text} is not a number${octal}`);
    return 0n;
  }
  if (digits.length <= MAX_DIGITS) {
    const size = BigInt(OCTAL.test(text) ? `0o${digits.slice(1)}` : digits);
    const value = negative ? -size : size;
    if (value >= INT64_MIN && value <= INT64_MAX) return value;
  }
  report(span, `${text} does not fit 64 bits`);
  return 0n;
}

function readFloat(text: string, span: Span, report: Report): number {
  const value = Number(text.replace(/[fF]$/, ''));
  if (Number.isFinite(value)) return value;
  report(span, `${text} is too large for a double`);
  return 0;
}
