/** A function of an interface, and how it is called: the arguments become bytes, the reply becomes a result. */

import { TarsCallError, type CallOptions, type CallRequest, type Caller } from './caller.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import { struct, type Fields, type TarsStruct } from '../wire/struct.ts';
import type { Decoded } from '../wire/tars-type.ts';

/** A function of an interface. `Args` are its in parameters by name, `Result` is `ret` and its out parameters. */
export interface Method<Args extends object, Result extends object> {
  readonly name: string;
  readonly args: TarsStruct<Args>;
  readonly result: TarsStruct<Result>;
  /** Whether it has in parameters. */
  readonly takes: boolean;
  /** Whether it has a return value or out parameters. */
  readonly gives: boolean;
  /** The name of the `routekey` parameter. */
  readonly routeKey?: string;
}

/** The arguments of a function without in parameters, and the result of one without a result. */
export type Nothing = Record<string, never>;

/** Describes a function. Its path is `Module.Interface.function`. */
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
 * @throws {TarsCallError} when the call failed, or its reply does not decode.
 */
export async function invoke<Args extends object, Result extends object>(
  caller: Caller,
  method: Method<Args, Result>,
  args: Args,
  options?: CallOptions,
): Promise<Decoded<Result>> {
  const request = toRequest(method, args, options);
  const reply = await caller.call(request);
  try {
    return method.result.decode(reply);
  } catch (cause) {
    throw (
      caller.undecodable?.(request, cause) ??
      new TarsCallError(method.name, RETURN_CODES.replyUndecodable, 'the reply does not decode', { cause })
    );
  }
}

/**
 * Calls a function without a reply; resolves when the request was sent.
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
