/** A number of a JSON text that a JavaScript number would change. It keeps the text of the number. */

/** Such a number is beyond ±(2^53 − 1), or is written unlike JavaScript writes it: `1.0`, `1E2`, `-0`, `1e400`. */
export class JsonNumber {
  /** The number as it is written in the JSON text. */
  readonly text: string;

  /** @param text A number as JSON writes it. */
  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** `JSON.stringify` writes the digits as a string. `writeJson` writes the number. */
  toJSON(): string {
    written += 1;
    return this.text;
  }
}

let written = 0;

/** How often `JSON.stringify` has met a {@link JsonNumber}: it changes exactly if a value contains one. */
export function countWritten(): number {
  return written;
}

/** The number with this text: a JavaScript number if it keeps all digits, and otherwise a {@link JsonNumber}. */
export function toNumber(text: string): number | JsonNumber {
  const number = Number(text);
  // Between the digits of a larger whole number, JavaScript cannot tell: 2^63 is written as 9223372036854776000.
  const isExact = Number.isSafeInteger(number) || !Number.isInteger(number);
  return isExact && String(number) === text ? number : new JsonNumber(text);
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Larger whole numbers are not needed, and take long to compute: `1e1000000000`. */
const MOST_DIGITS = 40;

/** The value of a JSON number, if it is a whole number of at most 40 digits: `1e2` and `100.0` are 100. */
export function toWholeNumber(text: string): bigint | undefined {
  const [, sign, whole, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = whole + fraction;
  let start = 0;
  while (start < digits.length && digits[start] === '0') start += 1;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end -= 1;
  if (start === end) return 0n;
  const zeros = Number(exponent) - fraction.length + (digits.length - end);
  if (zeros < 0 || end - start + zeros > MOST_DIGITS) return undefined;
  const value = BigInt(digits.slice(start, end)) * 10n ** BigInt(zeros);
  return sign === '-' ? -value : value;
}
