/** What a method of the HTTP server API is: its name, the schemas of its fields and of its result, and what it does. It knows no HTTP. */

import type * as z from 'zod';
import { ERRORS, type ErrorName, type Refusal } from '../../protocol/errors.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import { readParams } from './read-params.ts';

/** The fields of a request, as `JSON.parse` made them. */
export type Params = Readonly<Record<string, unknown>>;

/** Why a method has no result, with a code of the table of errors. */
export interface ApiError {
  readonly code: number;
  readonly message: string;
}

export interface ApiFailure {
  readonly error: ApiError;
}

export type ApiOutcome = { readonly result: object } | ApiFailure;

/** What a method knows of its request besides the fields. */
export interface ApiRequest {
  /** The fields, in which each number has all its digits. Undefined where JavaScript has lost none. */
  readonly exact: Readonly<Record<string, ExactJson>> | undefined;
}

export interface ApiMethod {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** The fields. Unknown ones are ignored. */
  readonly params: z.ZodObject;
  readonly result: z.ZodObject;
  readonly example: ApiExample;
  /** Reads the fields and does it. */
  call(params: Params, request: ApiRequest): ApiCall;
}

export interface ApiExample {
  readonly params: object;
  readonly result: object;
}

/** `undecodable`: a field is of another type than its own. */
export type ApiCall = ApiOutcome | Promise<ApiOutcome> | { readonly undecodable: string };

interface Definition<Shape extends z.ZodObject> extends Omit<ApiMethod, 'call' | 'params'> {
  readonly params: Shape;
  run(params: z.output<Shape>, request: ApiRequest): ApiOutcome | Promise<ApiOutcome>;
}

export function defineMethod<Shape extends z.ZodObject>(definition: Definition<Shape>): ApiMethod {
  const { name, summary, params, result, example } = definition;
  return {
    name,
    summary,
    params,
    result,
    example,
    call(given, request) {
      const read = readParams(params, given, name);
      return 'params' in read ? definition.run(read.params, request) : read;
    },
  };
}

/** The result of an operation; or why there is none. */
export function toOutcome<Value extends object>(
  outcome: Value | { readonly refusal: Refusal },
  toResult: (value: Value) => object,
): ApiOutcome {
  return 'refusal' in outcome ? { error: toError(outcome.refusal) } : { result: toResult(outcome) };
}

export function toError({ error, message, code = ERRORS[error].code }: Refusal): ApiError {
  return { code, message };
}

export function failWith(name: ErrorName, message: string): ApiFailure {
  return { error: { code: ERRORS[name].code, message } };
}
