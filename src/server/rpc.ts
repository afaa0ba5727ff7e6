/** Calls of servants as handlers and clients make them: typed proxies for the one, JSON in and out for the other. */

import type { RpcPort } from '../actors/ports.ts';
import type { Servants } from '../actors/servants.ts';
import type { CallOutcome, Json } from '../protocol/command.ts';
import { failCall, RPC_ERRORS } from '../protocol/rpc-errors.ts';
import { RpcError } from '../tars/rpc-error.ts';
import { fromJson, toJson } from '../tars/wire/json.ts';
import { invoke, type Method } from '../tars/wire/method.ts';
import { createProxy, type Methods, type ProxyOf } from '../tars/wire/proxy.ts';
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
  return {
    async call(name, args) {
      const [servant = '', func = ''] = name.split('.', 2);
      const definition = Object.hasOwn(definitions, servant) ? definitions[servant] : undefined;
      const methods = definition?.methods ?? {};
      const method = Object.hasOwn(methods, func) ? methods[func] : undefined;
      if (method === undefined) return failCall('unknownFunction', `there is no function ${name}`);
      try {
        return await callJson(servants, servant, method, args);
      } catch (error) {
        return toFailure(error);
      }
    },
  };
}

async function callJson(
  servants: Servants,
  servant: string,
  method: Method<object, object>,
  args: Json,
): Promise<CallOutcome> {
  const given = fromJson(method.args, args) as object;
  const result = await invoke(servants.callerOf(servant), method, given);
  return { type: 'result', result: toJson(method.result, result) as Json };
}

function toFailure(error: unknown): CallOutcome {
  if (error instanceof RpcError) return failCall(error.failure);
  // What does not fit is the client's own, so it may be told.
  if (error instanceof TarsEncodeError)
    return failCall('badRequest', `${RPC_ERRORS.badRequest.message}: ${error.message}`);
  return failCall('undecodable');
}
