/** Servants that are reached by `@tars/rpc`: a proxy that `tars2node` generated, with the deadlines and breakers of ours. */

import { systemClock } from '../../system/clock.ts';
import type { Caller } from '../calls/caller.ts';
import type { CreateServantLink } from '../servant-link.ts';
import { readGeneratedProxy } from './generated-calls.ts';
import { checkEncoded, toGenerated, toPlain, toPositions, toProbe } from './plain-arguments.ts';
import type { TarsRpcOptions, TarsRpcReply } from './rpc-options.ts';
import { locate } from '../wire/wire-errors.ts';
import { toRpcProxy } from './rpc-internals.ts';
import { TarsRpcLink } from './tars-rpc-link.ts';

export interface FromTarsRpcOptions {
  /** Functions that do no harm when they run twice: a failed or late call is tried once more. Default: none. */
  readonly idempotent?: readonly string[];
}

/** The functions of a proxy, without those that set it up. They take the arguments that they take there, and options. */
export type TarsRpcFunctions<Proxy> = {
  readonly [
    Name in keyof Proxy as Proxy[Name] extends (...args: never[]) => PromiseLike<unknown> ? Name : never
  ]: Proxy[Name];
};

/** A servant behind a proxy of `@tars/rpc`, for `createServer({ servants })`. */
export interface TarsRpcServant<Proxy = unknown> {
  /** `App.Server.Obj`, perhaps with endpoints. */
  readonly object: string;
  /** The names of its functions. */
  readonly functions: readonly string[];
  readonly idempotent?: readonly string[];
  readonly createLink: CreateServantLink;
  /** The functions of the proxy, carried by a caller. They reject with its errors. */
  bind(caller: Caller): TarsRpcFunctions<Proxy>;
  /**
   * Calls a function with arguments by name, and resolves to JSON: `ret` and the out parameters by name.
   * @throws {TarsEncodeError} (as a rejection) for arguments other than texts, numbers and booleans, and for those that do
   * not fit.
   */
  callByName(caller: Caller, func: string, args: Readonly<Record<string, unknown>>): Promise<object>;
}

/**
 * Puts a proxy that `client.stringToProxy` of `@tars/rpc` has made behind the proxy actor of a server. Give it the proxy
 * before its first call, and call it through the server only.
 *
 * @throws {TypeError} for anything but such a proxy.
 */
export function fromTarsRpc<Proxy extends object>(
  proxy: Proxy,
  { idempotent = [] }: FromTarsRpcOptions = {},
): TarsRpcServant<Proxy> {
  const { _name: object, _worker: worker } = toRpcProxy(proxy);
  const generated = readGeneratedProxy(toRpcProxy(proxy));

  return {
    object,
    functions: generated.functions,
    idempotent,
    createLink: (_object, listener) =>
      new TarsRpcLink({ worker, bytesClass: () => generated.bytesClass(), clock: systemClock, listener }),
    bind(caller) {
      const bound = generated.functions.map((func) => {
        const count = generated.parametersOf(func).length;
        return [
          func,
          (...args: unknown[]) =>
            generated.call(caller, func, args.slice(0, count), args[count] as TarsRpcOptions | undefined),
        ];
      });
      return Object.fromEntries(bound) as TarsRpcFunctions<Proxy>;
    },
    async callByName(caller, func, args) {
      const names = generated.parametersOf(func);
      const given = withinArguments(() => toPositions(names, args));
      const probe = toProbe(given);
      const probed = probe && generated.encode(func, probe);
      const check = (body: Uint8Array) => withinArguments(() => checkEncoded(names, given, body, probed));
      const reply = await generated.call(caller, func, given.map(toGenerated), {}, check);
      return toResult(reply);
    },
  };
}

/** The client knows the arguments as `args`. */
function withinArguments<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw locate(error, 'args.');
  }
}

function toResult(reply: TarsRpcReply | undefined): object {
  const { return: ret, arguments: outs = {} } = reply?.response ?? {};
  const plain = Object.entries(outs).map(([name, value]) => [name, toPlain(value)]);
  return { ...(ret !== undefined && { ret: toPlain(ret) }), ...(Object.fromEntries(plain) as object) };
}
