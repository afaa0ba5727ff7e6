/**
 * Answers that may be long: their JSON is written in portions, and the server does other things in between. A response is
 * sent portion by portion, as fast as its client reads.
 */

import { writeExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { nextTurn } from '../../system/turns.ts';
import { JSON_HEADERS, jsonTextResponse } from '../../transport/common/responses.ts';
import type { ResponseSink, ResponseStream, TransportResponse } from '../../transport/common/transport.ts';

/** About what is written at a time, in characters. It takes one or two milliseconds. */
const PORTION_LENGTH = 256 * 1024;

/** How long a client may read nothing. */
export const STALLED_MS = 30_000;

/** The JSON of a value, in parts. They end where white space may stand. */
export function* writeParts(value: ExactJson, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    yield writeExactJson(value);
    return;
  }
  const isList = Array.isArray(value);
  let before = isList ? '[' : '{';
  for (const [key, inner] of Object.entries(value as Readonly<Record<string, ExactJson>>)) {
    yield isList ? before : `${before}${JSON.stringify(key)}:`;
    yield* writeParts(inner, depth - 1);
    before = ',';
  }
  yield before === ',' ? (isList ? ']' : '}') : isList ? '[]' : '{}';
}

/** How deep the lists and tables of results are: `{"result":{"publications":[…]}}`. */
export const RESULT_DEPTH = 3;

/**
 * Writes a value, in several turns of the event loop if it is long.
 * @param maxLength In characters. Undefined is returned for what is longer.
 */
export async function writeInTurns(
  value: ExactJson,
  depth: number,
  maxLength: number,
): Promise<string | undefined> {
  let text = '';
  for (const portion of inPortions(writeParts(value, depth), '')) {
    if (text !== '') await nextTurn();
    text += portion;
    if (text.length > maxLength) return undefined;
  }
  return text;
}

/**
 * A response with the status 200.
 * @param end What follows the JSON.
 */
export function answerInPortions(parts: Iterable<string>, end: string, clock: Clock): TransportResponse {
  const portions = inPortions(parts, end);
  const { value: first = '' } = portions.next();
  if (first.length < PORTION_LENGTH) return jsonTextResponse(200, first, '');
  return { status: 200, headers: JSON_HEADERS, stream: new LongAnswer(first, portions, clock) };
}

/** The last one is shorter than the others, or empty. */
function* inPortions(parts: Iterable<string>, end: string): Generator<string, undefined> {
  let text = '';
  for (const part of parts) {
    text += part;
    if (text.length < PORTION_LENGTH) continue;
    yield text;
    text = '';
  }
  yield text + end;
}

class LongAnswer implements ResponseStream {
  /** White space between two parts of JSON. */
  readonly filler = ' ';
  readonly #clock: Clock;
  readonly #portions: Iterator<string, undefined>;
  #next: string;
  #sink: ResponseSink | undefined;
  #timer: unknown;
  #waits = false;

  constructor(first: string, rest: Iterator<string, undefined>, clock: Clock) {
    this.#next = first;
    this.#portions = rest;
    this.#clock = clock;
  }

  opened(sink: ResponseSink): void {
    this.#sink = sink;
    this.#write();
  }

  drained(): void {
    if (!this.#waits || this.#sink?.bufferedBytes !== 0) return;
    this.#waits = false;
    this.#clock.clearTimeout(this.#timer);
    setImmediate(() => this.#write());
  }

  overflowed(): void {
    this.#sink?.terminate();
  }

  closed(): void {
    this.#sink = undefined;
    this.#clock.clearTimeout(this.#timer);
  }

  /** Writes a portion. The next one follows in a later turn, when the client has this one. */
  #write(): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    const portion = this.#next;
    const { value, done } = this.#portions.next();
    if (done === true) {
      sink.end(portion);
      return;
    }
    this.#next = value;
    if (sink.write(portion) === 'sent') {
      setImmediate(() => this.#write());
      return;
    }
    this.#waits = true;
    this.#timer = startQuietTimer(this.#clock, () => sink.terminate(), STALLED_MS);
  }
}
