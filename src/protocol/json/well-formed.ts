/** JSON may write half of a surrogate pair as an escape: `"\ud800"`. It has no UTF-8 form, and many readers refuse it. */

const MAY_BE_HALF = /\\u[dD][89a-fA-F]/;

/** A pair, a half, or any other escape. In valid JSON a backslash is always the start of an escape. */
const ESCAPES =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[dD][89a-fA-F][\da-fA-F]{2}|\\[^]/g;

const ESCAPE = String.raw`\u`;
const HALF_LENGTH = String.raw`\ud800`.length;
const REPLACEMENT = String.raw`\ufffd`;

/** In a JSON text, each half of a surrogate pair becomes U+FFFD, whether it is written as an escape or not. */
export function mendHalves(json: string): string {
  return mendEscapes(json.isWellFormed() ? json : json.toWellFormed());
}

/** The same for a text that `JSON.stringify` has written: it writes halves as escapes. */
export function mendEscapes(json: string): string {
  // Most texts have no such escape, and a search for a text is much faster than one for a pattern.
  if (!json.includes(ESCAPE) || !MAY_BE_HALF.test(json)) return json;
  return json.replace(ESCAPES, (escape) => (escape.length === HALF_LENGTH ? REPLACEMENT : escape));
}
