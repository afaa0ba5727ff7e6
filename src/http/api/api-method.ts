/** What a method of the HTTP server API is: its name, the schemas of its fields and of its result, and what it does. It knows no HTTP. */

import type * as z from 'zod';
import type { ApiMethodName } from '../../protocol/api-methods.ts';
import { ERRORS, type ErrorName, type Refusal } from '../../protocol/errors.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import { findLostNumber } from '../../protocol/json/lost-number.ts';
import type { Caller } from '../caller.ts';
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
  readonly caller: Caller;
  /** Tells the log that the caller was refused a method. */
  readonly deny: (method: ApiMethodName) => void;
  /** The fields, in which each number has all its digits. Undefined where JavaScript has lost none. */
  readonly exact: Readonly<Record<string, ExactJson>> | undefined;
}

export interface ApiMethod {
  readonly name: Exclude<ApiMethodName, 'watch' | 'explain'>;
  /** What it does, in one line. */
  readonly summary: string;
  /** The fields. Unknown ones are ignored. */
  readonly params: z.ZodObject;
  readonly result: z.ZodObject;
  readonly example: ApiExample;
  /** Its result may be long. It changes nothing. */
  readonly isLong: boolean;
  /** Reads the fields, asks whether the caller may, and does it. */
  call(params: Params, request: ApiRequest): ApiCall;
}

export interface ApiExample {
  readonly params: object;
  readonly result: object;
}

/** `undecodable`: a field is of another type than its own. */
export type ApiCall = ApiOutcome | Promise<ApiOutcome> | { readonly undecodable: string };

interface Definition<Shape extends z.ZodObject> extends Omit<ApiMethod, 'call' | 'params' | 'isLong'> {
  readonly params: Shape;
  /** The rooms that it is about. Default: it is about none. */
  rooms?(params: z.output<Shape>): readonly string[];
  /** It asks itself which of the rooms the caller may use. */
  readonly judgesRooms?: boolean;
  /** Default: no. */
  readonly isLong?: boolean;
  run(params: z.output<Shape>, request: ApiRequest): ApiOutcome | Promise<ApiOutcome>;
}

export function defineMethod<Shape extends z.ZodObject>(definition: Definition<Shape>): ApiMethod {
  const { name, summary, params, result, example, judgesRooms = false, isLong = false } = definition;
  return {
    name,
    summary,
    params,
    result,
    example,
    isLong,
    call(given, request) {
      const read = readParams(params, given, name);
      if (!('params' in read)) return read;
      const { caller, deny } = request;
      const may = judgesRooms ? caller.mayUse(name) : caller.may(name, definition.rooms?.(read.params));
      if (may) return definition.run(read.params, request);
      deny(name);
      return failWith('permissionDenied', `this key does not allow ${name} here`);
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

/** Why fields are not taken: one has a number that JavaScript has changed. */
export function refuseLost({ exact }: ApiRequest, ...names: readonly string[]): ApiFailure | undefined {
  if (exact === undefined) return undefined;
  const lost = names.find((name) => findLostNumber(exact[name] ?? null) !== undefined);
  if (lost === undefined) return undefined;
  return failWith('badRequest', `${lost} has a number that would lose digits: send it as a string`);
}
