/** Calls of servants as handlers and clients make them: typed proxies for the one, JSON in and out for the other. */

import type { RpcPort } from '../actors/room/ports.ts';
import type { Servants } from '../actors/servant/servants.ts';
import type { CallOutcome } from '../protocol/command.ts';
import type { ExactJson } from '../protocol/json/exact-json.ts';
import { failCall, RPC_ERRORS } from '../protocol/rpc-errors.ts';
import { RpcError } from '../tars/rpc-error.ts';
import type { Caller } from '../tars/calls/caller.ts';
import { fromJson, toJson } from '../tars/wire/json.ts';
import { invoke, type Method } from '../tars/calls/method.ts';
import { createProxy, type Methods, type ProxyOf } from '../tars/calls/proxy.ts';
import { TarsEncodeError } from '../tars/wire/wire-errors.ts';

/** A servant that rooms may call. */
export interface ServantDefinition<All extends Methods = Methods> {
  /** Where it is: `App.Server.Obj@tcp -h HOST -p PORT[:tcp …]`, or `App.Server.Obj` when `tars.locator` is set. */
  readonly object: string;
  /** Its functions, as `statecast tars2ts` writes them: `HelloMethods`. */
  readonly methods: All;
}

/** Servants by the names that handlers and clients use. */
export type ServantDefinitions = Readonly<Record<string, ServantDefinition>>;

/** A typed proxy for each servant. */
export type RpcOf<All extends ServantDefinitions> = {
  readonly [Name in keyof All]: ProxyOf<All[Name]['methods']>;
};

export function createRpcProxies<All extends ServantDefinitions>(
  definitions: All,
  servants: Servants,
): RpcOf<All> {
  const proxies = Object.entries(definitions).map(([name, { methods }]) => [
    name,
    createProxy(methods, servants.callerOf(name)),
  ]);
  return Object.fromEntries(proxies) as RpcOf<All>;
}

/** Calls functions by name with JSON arguments. What a servant says of its errors does not pass. */
export function createRpcPort(definitions: ServantDefinitions, servants: Servants): RpcPort {
  const functions = new Map<string, RemoteFunction>();
  for (const [servant, { methods }] of Object.entries(definitions)) {
    const caller = servants.callerOf(servant);
    for (const [func, method] of Object.entries(methods))
      functions.set(`${servant}.${func}`, { caller, method });
  }
  return {
    async call(name, args) {
      // What stands behind a second dot does not count.
      const found = functions.get(name) ?? functions.get(name.split('.', 2).join('.'));
      if (found === undefined) return failCall('unknownFunction', `there is no function ${name}`);
      const { caller, method } = found;
      try {
        const result = await invoke(caller, method, fromJson(method.args, args) as object);
        return { type: 'result', result: toJson(method.result, result) as ExactJson };
      } catch (error) {
        return toFailure(error, method.args.name);
      }
    },
  };
}

interface RemoteFunction {
  readonly caller: Caller;
  readonly method: Method<object, object>;
}

function toFailure(error: unknown, args: string): CallOutcome {
  if (error instanceof RpcError) return failCall(error.failure);
  // What does not fit is the client's own, so it may be told. The client knows the arguments as `args`.
  if (error instanceof TarsEncodeError) {
    const place = `args${error.path.slice(args.length)}`;
    return failCall('badRequest', `${RPC_ERRORS.badRequest.message}: ${place}: ${error.problem}`);
  }
  return failCall('undecodable');
}
