/** One function of an interface, and calling it: arguments to bytes, the reply to a result. */

import { TarsCallError, type CallOptions, type CallRequest, type Caller } from './caller.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import { struct, type Fields, type TarsStruct } from '../wire/struct.ts';
import type { Decoded } from '../wire/tars-type.ts';

/** A function of an interface. `Args` are its in parameters by name, `Result` is `ret` and its out parameters. */
export interface Method<Args extends object, Result extends object> {
  readonly name: string;
  readonly args: TarsStruct<Args>;
  readonly result: TarsStruct<Result>;
  /** It has in parameters. */
  readonly takes: boolean;
  /** It has a return value or out parameters. */
  readonly gives: boolean;
  /** The name of the `routekey` parameter. */
  readonly routeKey?: string;
}

/** What a function without in parameters takes, and one without a result gives. */
export type Nothing = Record<string, never>;

/** Describes a function, which is named `Module.Interface.function`. */
export function method<Args extends object, Result extends object>(
  path: string,
  args: Fields<Args>,
  result: Fields<Result>,
  routeKey?: keyof Args & string,
): Method<Args, Result> {
  return {
    name: path.slice(path.lastIndexOf('.') + 1),
    args: struct<Args>(path, args),
    result: struct<Result>(path, result),
    takes: Object.keys(args).length > 0,
    gives: Object.keys(result).length > 0,
    ...(routeKey === undefined ? {} : { routeKey }),
  };
}

/**
 * Calls a function and resolves to its result.
 * @throws {TarsEncodeError} (as a rejection, like all) for arguments that do not fit; nothing is sent then.
 * @throws {TarsCallError} when there is no result, or it does not decode.
 */
export async function invoke<Args extends object, Result extends object>(
  caller: Caller,
  method: Method<Args, Result>,
  args: Args,
  options?: CallOptions,
): Promise<Decoded<Result>> {
  const reply = await caller.call(toRequest(method, args, options));
  try {
    return method.result.decode(reply);
  } catch (cause) {
    throw new TarsCallError(method.name, RETURN_CODES.replyUndecodable, 'the reply does not decode', {
      cause,
    });
  }
}

/**
 * Calls a function without waiting for a reply; resolves when the request is on its way.
 * @throws {TarsEncodeError} (as a rejection) for arguments that do not fit.
 */
export async function post<Args extends object, Result extends object>(
  caller: Caller,
  method: Method<Args, Result>,
  args: Args,
  options?: CallOptions,
): Promise<void> {
  await caller.call({ ...toRequest(method, args, options), oneWay: true });
}

function toRequest<Args extends object, Result extends object>(
  { name, args: codec, routeKey }: Method<Args, Result>,
  args: Args,
  options: CallOptions = {},
): CallRequest {
  const request = { func: name, body: codec.encode(args), options };
  if (routeKey === undefined) return request;
  return { ...request, routeKey: String((args as Record<string, unknown>)[routeKey]) };
}
