/** The methods of the HTTP server API: `POST /api/<name>` with a JSON object. It knows no method, and no HTTP. */

import type { Refusal } from '../../protocol/errors.ts';
import { ERRORS, type ErrorName } from '../../protocol/errors.ts';

/** The fields of a request, as `JSON.parse` made them. */
export type Params = Readonly<Record<string, unknown>>;

/** Why a method has no result, with a code of the table of errors. */
export interface ApiError {
  readonly code: number;
  readonly message: string;
}

export type ApiOutcome = { readonly result: object } | { readonly error: ApiError };

export interface ApiMethod {
  readonly name: string;
  /**
   * Reads the fields and does it. `text` is the request as JSON text, for numbers that need all their digits.
   * @throws {UndecodableError} if a field is of another type than its own.
   */
  readonly run: (params: Params, text: string) => ApiOutcome | Promise<ApiOutcome>;
}

/** The request cannot be read: it gets 400. */
export class UndecodableError extends Error {
  readonly code = 'UNDECODABLE';
}

export function toError({ error, message, code = ERRORS[error].code }: Refusal): ApiError {
  return { code, message };
}

export function failWith(name: ErrorName, message: string): { readonly error: ApiError } {
  return { error: { code: ERRORS[name].code, message } };
}
