/** JSON texts of `Statecast.Push`: read with the limits of other ways to publish, and written. */

import type { Json } from '../../protocol/command.ts';
import { createRefusal, type Refusal } from '../../protocol/errors.ts';
import { parseExactJson } from '../../protocol/json/exact-json.ts';
import { findLostNumber, mayLoseNumbers } from '../../protocol/json/lost-number.ts';
import { mendHalves } from '../../protocol/json/well-formed.ts';

/** JSON may write a byte with six characters. */
const CHARACTERS_PER_BYTE = 6;

/** A JSON value, or why it is refused. */
export type ReadJson = { readonly value: Json } | { readonly refusal: Refusal };

/**
 * Reads the JSON of a message.
 * @param messageBytes Longest message, in bytes. What is read is measured again where it is published.
 */
export function readJson(name: string, given: string, messageBytes: number): ReadJson {
  if (given.length > messageBytes * CHARACTERS_PER_BYTE) {
    return { refusal: createRefusal('limitExceeded', `${name} is longer than ${messageBytes} bytes`) };
  }
  const text = mendHalves(given);
  try {
    const value = JSON.parse(text) as Json;
    if (!mayLoseNumbers(text) || findLostNumber(parseExactJson(text)) === undefined) return { value };
    return bad(`${name} has a number that would lose digits: send it as a string`);
  } catch {
    return bad(`${name} must be JSON: a text has quotation marks around it`);
  }
}

/** An empty text is nothing. */
export function readOptionalJson(
  name: string,
  given: string,
  messageBytes: number,
): ReadJson | { readonly value: undefined } {
  return given === '' ? { value: undefined } : readJson(name, given, messageBytes);
}

/** Nothing is an empty text. */
export function writeOptionalJson(value: Json | undefined): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function bad(message: string): { readonly refusal: Refusal } {
  return { refusal: createRefusal('badRequest', message) };
}
