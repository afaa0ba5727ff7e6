/**
 * Reads and writes JSON without changing a number. `JSON.parse` rounds `9007199254740993` and makes `Infinity` of
 * `1e400`; here such a number becomes a {@link JsonNumber}. Node.js 20 does not tell the source text of a number.
 */

import { countWritten, JsonNumber, toNumber } from './json-number.ts';
import { setOwn } from './own-property.ts';

/** A JSON value in which each number keeps its digits. */
export type ExactJson =
  | string
  | number
  | boolean
  | null
  | JsonNumber
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/**
 * Parses a JSON text like `JSON.parse`, except for numbers that JavaScript would change.
 * @throws {SyntaxError} if the text is no JSON.
 */
export function parseExactJson(text: string): ExactJson {
  return keepDigits(text, JSON.parse(text) as ExactJson);
}

/** The same for a text that is parsed already: `value` is what `JSON.parse` made of it. */
export function keepDigits(text: string, value: ExactJson): ExactJson {
  return MAY_CHANGE.test(text) ? readValid(text) : value;
}

/**
 * Matches every JSON text with a number that JavaScript changes. It also matches some other texts. Whole numbers of up
 * to 15 digits are kept by JavaScript.
 */
const MAY_CHANGE = /-0|\d[.eE]|\d{16}/;

/** Writes a value as JSON. A {@link JsonNumber} is written as a number, digit by digit. */
export function writeExactJson(value: ExactJson): string {
  const before = countWritten();
  const text = JSON.stringify(value);
  return countWritten() === before ? text : writeParts(value);
}

function writeParts(value: ExactJson): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(writeParts).join(',')}]`;
  const fields = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${writeParts(inner)}`);
  return `{${fields.join(',')}}`;
}

function isList(value: object): value is readonly ExactJson[] {
  return Array.isArray(value);
}

/** A list or an object that is not read to its end. */
interface Open {
  readonly value: ExactJson[] | Record<string, ExactJson>;
  /** The key whose value comes next. */
  key: string | undefined;
}

const NUMBER = /[-+.\deE]+/y;

/** Reads a text that is known to be JSON. It uses no recursion, so the nesting has no limit, as in `JSON.parse`. */
function readValid(text: string): ExactJson {
  const outer: Open[] = [];
  const root: Open = { value: [], key: undefined };
  let open = root;

  function put(value: ExactJson): void {
    if (Array.isArray(open.value)) {
      open.value.push(value);
    } else {
      setOwn(open.value, open.key ?? '', value);
      open.key = undefined;
    }
  }

  function begin(value: Open['value']): void {
    put(value);
    outer.push(open);
    open = { value, key: undefined };
  }

  for (let at = 0; at < text.length;) {
    let end = at + 1;
    switch (text.charAt(at)) {
      case '{':
        begin({});
        break;
      case '[':
        begin([]);
        break;
      case '}':
      case ']':
        open = outer.pop() ?? root;
        break;
      case '"': {
        end = endOfString(text, at);
        const string = JSON.parse(text.slice(at, end)) as string;
        if (Array.isArray(open.value) || open.key !== undefined) put(string);
        else open.key = string;
        break;
      }
      case 't':
        put(true);
        end = at + 'true'.length;
        break;
      case 'f':
        put(false);
        end = at + 'false'.length;
        break;
      case 'n':
        put(null);
        end = at + 'null'.length;
        break;
      case ' ':
      case '\n':
      case '\r':
      case '\t':
      case ',':
      case ':':
        break;
      default:
        NUMBER.lastIndex = at;
        end = NUMBER.test(text) ? NUMBER.lastIndex : end;
        put(toNumber(text.slice(at, end)));
    }
    at = end;
  }
  return (root.value as ExactJson[])[0] ?? null;
}

/** The place behind the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote + 1;
}

/** Whether there is an odd number of backslashes before this place. */
function isEscaped(text: string, place: number): boolean {
  let first = place;
  while (text[first - 1] === '\\') first -= 1;
  return (place - first) % 2 === 1;
}
