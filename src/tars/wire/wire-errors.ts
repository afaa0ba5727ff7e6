/** The errors of encoding and decoding: values that do not fit their types, and bytes that are no message. */

import { JsonNumber } from '../../protocol/json/json-number.ts';

/** A part of the path to a wrong value: `.name`, `[3]`. */
type Step = string;

/**
 * A value does not fit its type: wrong kind, out of range, or missing. Nothing was sent.
 * `path` is the place in the value, such as `Chat.Message.tags[3]`.
 */
export class TarsEncodeError extends TypeError {
  readonly code = 'TARS_ENCODE';
  override readonly name = 'TarsEncodeError';
  readonly path: string;
  readonly problem: string;
  constructor(problem: string, path = '') {
    super(toMessage(problem, path));
    this.problem = problem;
    this.path = path;
  }

  /** The same error, seen from one step further out. */
  within(step: Step): TarsEncodeError {
    return new TarsEncodeError(this.problem, step + this.path);
  }
}

/**
 * Bytes do not decode: they are too short, of another type, nested too deep, or have impossible lengths.
 * `path` is the field that was being read.
 */
export class TarsDecodeError extends Error {
  readonly code = 'TARS_DECODE';
  override readonly name = 'TarsDecodeError';
  readonly path: string;
  readonly problem: string;
  constructor(problem: string, path = '') {
    super(toMessage(problem, path));
    this.problem = problem;
    this.path = path;
  }

  /** The same error, seen from one step further out. */
  within(step: Step): TarsDecodeError {
    return new TarsDecodeError(this.problem, step + this.path);
  }
}

/** Returns the error to rethrow at `step` of a value: errors of this file get the step in their path. */
export function locate(error: unknown, step: Step): unknown {
  return error instanceof TarsEncodeError || error instanceof TarsDecodeError ? error.within(step) : error;
}

function toMessage(problem: string, path: string): string {
  return path === '' ? problem : `${path}: ${problem}`;
}

/**
 * Stands for JSON that is no value of its type. It is refused when it is written, in the words of JSON: a client knows
 * no `Uint8Array`.
 */
export class Misfit {
  readonly problem: string;

  /** @param got What came. Default: the kind of the JSON value. */
  constructor(expected: string, json: unknown, got = describeValue(json)) {
    this.problem = `expected ${expected}, got ${got}`;
  }
}

/** The error for a value of the wrong kind. It does not quote texts: they may be long, or secret. */
export function refuse(expected: string, value: unknown): TarsEncodeError {
  return new TarsEncodeError(
    value instanceof Misfit ? value.problem : `expected ${expected}, got ${describeValue(value)}`,
  );
}

/** Longer numbers are cut in messages. */
const SHOWN_DIGITS = 40;

function describeValue(value: unknown): string {
  if (value instanceof JsonNumber) {
    return value.text.length > SHOWN_DIGITS ? `${value.text.slice(0, SHOWN_DIGITS)}…` : value.text;
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  if (value === undefined) return 'nothing';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
