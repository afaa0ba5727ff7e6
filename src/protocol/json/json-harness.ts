/** For tests: texts of numbers as JSON may write them. */

import fc from 'fast-check';

const digits = fc.stringMatching(/^\d{1,30}$/);
const whole = fc.stringMatching(/^(0|[1-9]\d{0,30})$/);
const fraction = fc.oneof(
  fc.constant(''),
  digits.map((text) => `.${text}`),
);
const exponent = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.nat(500).map(String)).map(join),
);

/** Any number that the grammar of JSON allows, with the usual troublemakers. */
export const numberTexts = fc.oneof(
  fc.constantFrom('-0', '0.0', '1.0', '1E2', '1e400', '-1e400', '1e-400', '9007199254740993', '0e0'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.constantFrom('', '-'), whole, fraction, exponent).map(join),
);

function join(parts: readonly string[]): string {
  return parts.join('');
}
