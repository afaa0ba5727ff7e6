/**
 * Reads the fields of an API request by their schema. Unknown fields are ignored, and `null` is no field, as in
 * Centrifugo.
 */

import type * as z from 'zod';
import { ERRORS } from '../../protocol/errors.ts';

export type ReadParams<Output> =
  | { readonly params: Output }
  /** A field is of another type than its own. */
  | { readonly undecodable: string }
  /** A field is missing, or too long. */
  | { readonly error: { readonly code: number; readonly message: string } };

export function readParams<Shape extends z.ZodObject>(
  schema: Shape,
  given: Readonly<Record<string, unknown>>,
  method: string,
): ReadParams<z.output<Shape>> {
  const parsed = schema.safeParse(withoutNulls(schema, given));
  if (parsed.success) return { params: parsed.data };
  const { issues } = parsed.error;
  const problems = issues.map((issue) => toProblem(issue, given, method));
  // A field of a wrong type is told before all else: the body does not decode.
  const undecodable = problems.find(({ code }) => code === undefined);
  if (undecodable !== undefined) return { undecodable: undecodable.message };
  const [first = { code: ERRORS.badRequest.code, message: 'the fields cannot be read' }] = problems;
  return { error: { code: first.code ?? ERRORS.badRequest.code, message: first.message } };
}

/** The fields of a schema that are given. `null` stays where it is a value. */
function withoutNulls(schema: z.ZodObject, given: Readonly<Record<string, unknown>>): object {
  const known: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = given[name];
    if (value === undefined || (value === null && !takesNull(field))) continue;
    known[name] = isObject(value) ? withoutInnerNulls(field, value) : value;
  }
  return known;
}

/** In an object with fields of its own. */
function withoutInnerNulls(field: z.core.$ZodType, value: Readonly<Record<string, unknown>>): object {
  const inner = 'unwrap' in field ? (field as z.ZodOptional).unwrap() : field;
  return 'shape' in inner ? withoutNulls(inner as z.ZodObject, value) : value;
}

const NULLABLE = new WeakMap<z.core.$ZodType, boolean>();

function takesNull(field: z.core.$ZodType): boolean {
  let known = NULLABLE.get(field);
  if (known === undefined) {
    known = (field as z.ZodType).safeParse(null).success;
    NULLABLE.set(field, known);
  }
  return known;
}

interface Problem {
  /** Undefined: the field cannot be read at all. */
  readonly code: number | undefined;
  readonly message: string;
}

function toProblem(
  issue: z.core.$ZodIssue,
  given: Readonly<Record<string, unknown>>,
  method: string,
): Problem {
  if (issue.code === 'custom') return { code: ERRORS.badRequest.code, message: issue.message };
  const name = issue.path.map(String).join('.');
  const value = valueAt(given, issue.path);
  const isMissing = value === undefined || value === null;
  if (isMissing || (issue.code === 'too_small' && isEmpty(value))) {
    return { code: ERRORS.badRequest.code, message: `${method} needs the field ${name}` };
  }
  if (issue.code === 'too_big') return tooBig(issue, name);
  return { code: undefined, message: `${name} must be ${wantedBy(issue)}` };
}

function tooBig(issue: z.core.$ZodIssueTooBig, name: string): Problem {
  const maximum = Number(issue.maximum);
  const { badRequest, limitExceeded } = ERRORS;
  if (issue.origin === 'string') {
    return { code: badRequest.code, message: `${name} is longer than ${maximum} characters` };
  }
  if (issue.origin === 'array') {
    return { code: limitExceeded.code, message: `${name} has more than ${maximum} items` };
  }
  const limit = maximum === Number.MAX_SAFE_INTEGER ? 'below 2^53' : `${maximum} at most`;
  return { code: badRequest.code, message: `${name} must be ${limit}` };
}

function wantedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return `a whole number from ${String(issue.minimum)}`;
  if (issue.code === 'invalid_type') return WORDS[issue.expected] ?? `of the type ${issue.expected}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  return 'of another type';
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  number: 'a whole number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given;
  for (const key of path) value = Object(value)[key];
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
