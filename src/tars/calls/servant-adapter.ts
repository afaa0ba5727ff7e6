/** Hands requests to a servant and always has an answer. It knows no sockets; what a servant's error says stays here. */

import { method, type Method, type Nothing } from './method.ts';
import type { Methods } from './proxy.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import { required, type TarsStruct } from '../wire/struct.ts';
import type { Decoded } from '../wire/tars-type.ts';
import { decodeAttributes, encodeAttributes, type TupVersion } from '../wire/tup.ts';
import { t } from '../wire/types.ts';

/** What a servant is told of a call besides its arguments. */
export interface ServantCall {
  /** The request's context. */
  readonly context: ReadonlyMap<string, string>;
  /** The caller's address as text, where it is known. */
  readonly remoteAddress?: string;
  /** When nobody waits any more, in milliseconds since 1970; absent when the caller did not say. */
  readonly deadlineAt?: number;
  /** The arguments came, and the result goes, as TUP attributes of this version; absent for the plain form. */
  readonly tupVersion?: TupVersion;
}

/** The answer: a return code and, when that is 0, the result's bytes. */
export interface ServantReply {
  readonly ret: number;
  readonly body: Uint8Array;
}

export interface ServantAdapter {
  /** Answers a request. It never rejects. One that hands requests on to another hands on the call with them. */
  dispatch(func: string, body: Uint8Array, call?: ServantCall): Promise<ServantReply>;
}

export interface AdapterOptions {
  /**
   * Told of each call that was answered with an error, for the log: what the servant threw, a `TarsDecodeError` for
   * arguments that do not decode, a `TarsEncodeError` for a result that does not fit. It must not throw.
   */
  readonly failed?: (error: unknown, func: string) => void;
}

/** What does the functions of an interface; one without in parameters is told of its call alone. */
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
  // A Map: the name comes from outside, and an object would answer to `constructor` as well.
  const services = new Map<string, Service>([[PING.name, pingService]]);
  for (const [name, method] of Object.entries(methods)) {
    services.set(method.name, toService(method, servant as Servant, name));
  }
  return {
    async dispatch(func, body, call = NO_CALL) {
      const service = services.get(func);
      if (service === undefined) return { ret: RETURN_CODES.noSuchFunction, body: NO_BYTES };
      // What the servant throws and what its result lacks are told apart: it may meet an encode error of its own.
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
    // Called on the servant, for the sake of its `this`.
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
