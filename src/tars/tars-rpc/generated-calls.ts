/**
 * Calls the functions of a proxy that `tars2node` generated. The generated code encodes the arguments and decodes the
 * result; the bytes go through a caller of ours.
 */

import { TarsCallError, type Caller, type CallRequest } from '../calls/caller.ts';
import { TarsEncodeError } from '../wire/wire-errors.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import type { RpcBytes, RpcBytesClass, RpcProxy } from './rpc-internals.ts';
import type { TarsRpcOptions, TarsRpcReply } from './rpc-options.ts';

type Generated = (...args: unknown[]) => PromiseLike<TarsRpcReply>;

export interface GeneratedProxy {
  /** The names of its functions. */
  readonly functions: readonly string[];
  /** The names of the in parameters of a function, in order. */
  parametersOf(func: string): readonly string[];
  /** Encodes arguments and sends nothing. @throws {TarsEncodeError} for arguments that do not fit. */
  encode(func: string, args: readonly unknown[]): Uint8Array;
  /**
   * Calls a function.
   * @param check Called with the encoded arguments; what it throws ends the call before it is sent. With it, a `long` of
   * the result that a number would round is a bigint.
   * @throws {TarsEncodeError} (as a rejection, like all) for arguments that do not fit.
   * @throws {TarsCallError} when the call failed, or its reply does not decode.
   */
  call(
    caller: Caller,
    func: string,
    args: readonly unknown[],
    options?: TarsRpcOptions,
    check?: (body: Uint8Array) => void,
  ): Promise<TarsRpcReply | undefined>;
  /** The class of bytes, once arguments were encoded. */
  bytesClass(): RpcBytesClass | undefined;
}

export function readGeneratedProxy(proxy: RpcProxy): GeneratedProxy {
  let Bytes: RpcBytesClass | undefined;
  const functions = new Map<string, Generated>();
  for (const [name, value] of Object.entries(Object.getPrototypeOf(proxy) as object)) {
    if (typeof value === 'function' && !OWN_FUNCTIONS.has(name)) functions.set(name, value as Generated);
  }

  function run(func: string, args: readonly unknown[], worker: object): PromiseLike<TarsRpcReply> {
    const generated = functions.get(func);
    if (generated === undefined) throw new TarsEncodeError(`there is no function ${func}`);
    const bound = Object.create(proxy, { _worker: { value: worker } }) as object;
    // The generated code takes its last argument for options, whatever it is: an empty object keeps structs out.
    const given = Array.from({ length: generated.length }, (_, index) => args[index]);
    try {
      return generated.call(bound, ...given, {});
    } catch (cause) {
      if (cause instanceof TarsEncodeError) throw cause;
      throw new TarsEncodeError(`${func} cannot encode them`, 'args');
    }
  }

  return {
    functions: [...functions.keys()],
    parametersOf: (func) => readParameters(functions.get(func)),
    bytesClass: () => Bytes,
    encode(func, args) {
      let bytes = new Uint8Array(0);
      const worker = {
        version: 1,
        tars_invoke(_name: string, body: RpcBytes): Promise<object> {
          bytes = Buffer.from(body.toNodeBuffer());
          // Nobody waits for it.
          return new Promise(() => {});
        },
      };
      void run(func, args, worker);
      return bytes;
    },
    async call(caller, func, args, options = {}, check) {
      let request: CallRequest | undefined;
      let failure: Error | undefined;
      const worker = {
        // The version of the protocol: not TUP.
        version: 1,
        tars_invoke(name: string, body: RpcBytes): Promise<object> {
          Bytes ??= body.constructor as RpcBytesClass;
          const bytes = body.toNodeBuffer();
          check?.(bytes);
          request = toRequest(name, bytes, options);
          const Class = Bytes;
          return caller.call(request).then(
            (result) => {
              const data = new Class(Buffer.from(result));
              return toData(check === undefined ? data : withExactLongs(data));
            },
            (error: Error) => {
              failure = error;
              // Generated code makes an error of its own of it.
              throw Object.assign(new Error('the call failed'), { request: NO_REQUEST, error: {} });
            },
          );
        },
      };
      const result = run(func, args, worker);
      try {
        return await result;
      } catch (cause) {
        if (failure !== undefined) throw failure;
        if (request === undefined) throw cause;
        // There is nothing to decode.
        if (request.oneWay === true) return undefined;
        const words = new Error(readMessage(cause));
        throw (
          caller.undecodable?.(request, words) ??
          new TarsCallError(func, RETURN_CODES.replyUndecodable, 'the reply does not decode', {
            cause: words,
          })
        );
      }
    },
  };
}

/** Functions of every proxy, which call nothing. */
const OWN_FUNCTIONS: ReadonlySet<string> = new Set([
  'setTimeout',
  'getTimeout',
  'setVersion',
  'getVersion',
  'setProtocol',
  'rpc_call',
]);

function toRequest(func: string, body: Uint8Array, options: TarsRpcOptions): CallRequest {
  const { context, packetType, hashCode, consistentHash, ...rest } = options;
  if (context !== undefined && (!isRecord(context) || context instanceof Map))
    throw new TarsEncodeError('expected an object of texts', 'context');
  const key = consistentHash ?? hashCode;
  return {
    func,
    body,
    ...(key !== undefined && { routeKey: String(key) }),
    ...(packetType === 1 && { oneWay: true }),
    options: { ...rest, ...(context !== undefined && { context: new Map(Object.entries(context)) }) },
  };
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What generated code decodes. */
function toData(sBuffer: RpcBytes): object {
  return { request: NO_REQUEST, response: { iRet: RETURN_CODES.ok, sBuffer } };
}

/** Generated code rounds a `long`, unless it was generated to read texts. */
function withExactLongs(bytes: RpcBytes): RpcBytes {
  const read = bytes.readInt64.bind(bytes);
  bytes.readInt64 = (asText) => {
    const digits = read(true) as string;
    if (asText === true || asText === 1) return digits;
    return Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits);
  };
  return bytes;
}

/** Generated code reads these fields of a request. */
const NO_REQUEST = { costtime: 0, property: {} };

/** The names in the head of a generated function. */
function readParameters(generated: Generated | undefined): readonly string[] {
  const list = /^[^(]*\((?<list>[^)]*)\)/.exec(String(generated))?.groups?.['list'] ?? '';
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function readMessage(thrown: unknown): string {
  const { response } = thrown as { response?: { error?: { message?: string } } };
  return response?.error?.message ?? 'the result cannot be decoded';
}
