/** Passes requests to a servant and always answers. The text of a servant's error is never sent to the caller. */

import { method, type Method, type Nothing } from './method.ts';
import type { Methods } from './proxy.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import { required, type TarsStruct } from '../wire/struct.ts';
import type { Decoded } from '../wire/tars-type.ts';
import { decodeAttributes, encodeAttributes, type TupVersion } from '../wire/tup.ts';
import { t } from '../wire/types.ts';

/** What a servant gets besides the arguments of a call. */
export interface ServantCall {
  /** The request's context. */
  readonly context: ReadonlyMap<string, string>;
  /** The caller's address, if it is known. */
  readonly remoteAddress?: string;
  /**
   * When the caller stops waiting, in milliseconds by `performance.now()`; absent if the caller has no deadline. It is no
   * date: dates jump when a clock is set.
   */
  readonly deadlineAt?: number;
  /** Arguments and result are TUP attributes of this version; absent for the plain form. */
  readonly tupVersion?: TupVersion;
}

/** The answer: a return code and, if it is 0, the result's bytes. */
export interface ServantReply {
  readonly ret: number;
  readonly body: Uint8Array;
}

export interface ServantAdapter {
  /** Answers a request. It never rejects. An adapter that wraps another must pass `call` on. */
  dispatch(func: string, body: Uint8Array, call?: ServantCall): Promise<ServantReply>;
}

export interface AdapterOptions {
  /**
   * Called for each call that was answered with an error, for the log: with what the servant threw, a
   * `TarsDecodeError` for arguments that do not decode, or a `TarsEncodeError` for a result that does not fit. It must
   * not throw.
   */
  readonly failed?: (error: unknown, func: string) => void;
}

/** The implementation of an interface; a function without in parameters gets only the call. */
export type ServantOf<All extends Methods> = {
  readonly [Name in keyof All]: All[Name] extends Method<infer Args, infer Result>
    ? [Args] extends [Nothing]
      ? (call: ServantCall) => Promise<ServantResult<Result>>
      : (args: Decoded<Args>, call: ServantCall) => Promise<ServantResult<Result>>
    : never;
};

type ServantResult<Result> = [Result] extends [Nothing] ? void : Result;

/** Makes the adapter of a servant. It also answers the platform's `tars_ping`. */
export function createServantAdapter<All extends Methods>(
  methods: All,
  servant: ServantOf<All>,
  { failed }: AdapterOptions = {},
): ServantAdapter {
  // A Map, because the name comes from outside: an object also has a property `constructor`.
  const services = new Map<string, Service>([[PING.name, pingService]]);
  for (const [name, method] of Object.entries(methods)) {
    services.set(method.name, toService(method, servant as Servant, name));
  }
  return {
    async dispatch(func, body, call = NO_CALL) {
      const service = services.get(func);
      if (service === undefined) return { ret: RETURN_CODES.noSuchFunction, body: NO_BYTES };
      // The return code depends on the step, not on the error: a servant may itself throw a TarsEncodeError.
      let ret: number = RETURN_CODES.failed;
      try {
        const value = await service.run(body, call);
        ret = RETURN_CODES.unencodable;
        return { ret: RETURN_CODES.ok, body: service.encode(value, call) };
      } catch (error) {
        failed?.(error, func);
        return { ret, body: NO_BYTES };
      }
    },
  };
}

interface Service {
  run(body: Uint8Array, call: ServantCall): Promise<object>;
  encode(value: object, call: ServantCall): Uint8Array;
}

type Servant = Readonly<Record<string, (...given: unknown[]) => Promise<object>>>;

function toService({ args, result, takes, gives }: Methods[string], servant: Servant, name: string): Service {
  return {
    // Called as a method of the servant, which may use `this`.
    run: async (body, call) =>
      takes ? servant[name]!(decode(args, body, call), call) : servant[name]!(call),
    encode: (value, call) => (gives ? encode(result, value, call) : NO_BYTES),
  };
}

function decode(args: TarsStruct<object>, body: Uint8Array, { tupVersion }: ServantCall): object {
  return tupVersion === undefined ? args.decode(body) : decodeAttributes(args, body, tupVersion);
}

function encode(result: TarsStruct<object>, value: object, { tupVersion }: ServantCall): Uint8Array {
  return tupVersion === undefined ? result.encode(value) : encodeAttributes(result, value, tupVersion);
}

const NO_BYTES = new Uint8Array(0);
const NO_CALL: ServantCall = { context: new Map() };

const PING = method<Nothing, { ret: number }>('tars_ping', {}, { ret: required(0, t.int) });

const pingService = toService(PING, { ping: async () => ({ ret: RETURN_CODES.ok }) }, 'ping');
