/** Calls of servants as handlers and clients make them: typed proxies for the one, JSON in and out for the other. */

import type { RpcPort } from '../../actors/room/ports.ts';
import type { Servants } from '../../actors/servant/servants.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { CallOutcome } from '../../protocol/command.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import { failCall, RPC_ERRORS, type RpcFailure } from '../../protocol/rpc-errors.ts';
import { RpcError } from '../../tars/rpc-error.ts';
import type { Caller } from '../../tars/calls/caller.ts';
import { fromJson, toJson } from '../../tars/wire/json.ts';
import { invoke } from '../../tars/calls/method.ts';
import { createProxy, type Methods, type ProxyOf } from '../../tars/calls/proxy.ts';
import type { TarsRpcFunctions, TarsRpcServant } from '../../tars/tars-rpc/from-tars-rpc.ts';
import { TarsEncodeError } from '../../tars/wire/wire-errors.ts';

/** A servant that rooms may call. */
export interface ServantDefinition<All extends Methods = Methods> {
  /** Where it is: `App.Server.Obj@tcp -h HOST -p PORT[:tcp …]`, or `App.Server.Obj` when `tars.locator` is set. */
  readonly object: string;
  /** Its functions, as `statecast tars2ts` writes them: `HelloMethods`. */
  readonly methods: All;
  /**
   * Functions that do no harm when they run twice, by their names in the .tars file. A call of them that fails, or is not
   * answered in half of its time, is tried once more, at another endpoint if there is one. Default: none.
   */
  readonly idempotent?: readonly string[];
}

/** Servants by the names that handlers and clients use. `fromTarsRpc` of `statecast/tars` makes a `TarsRpcServant`. */
export type ServantDefinitions = Readonly<Record<string, ServantDefinition | TarsRpcServant>>;

/** A typed proxy for each servant. */
export type RpcOf<All extends ServantDefinitions> = {
  readonly [Name in keyof All]: ProxyFor<All[Name]>;
};

/** Where the types do not tell which kind of servant it is, it is taken for the usual one. */
type ProxyFor<Definition> = [ServantDefinition] extends [Definition]
  ? ProxyOf<Methods>
  : Definition extends ServantDefinition<infer Functions>
    ? ProxyOf<Functions>
    : Definition extends TarsRpcServant<infer Proxy>
      ? TarsRpcFunctions<Proxy>
      : never;

/** The names of a servant's functions, as in its .tars file. */
export function functionsOf(definition: ServantDefinition | TarsRpcServant): readonly string[] {
  return 'methods' in definition
    ? Object.values(definition.methods).map(({ name }) => name)
    : definition.functions;
}

/** The functions that may run twice, by the name of their servant. */
export function listIdempotent(definitions: ServantDefinitions): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(Object.entries(definitions).map(([name, { idempotent }]) => [name, new Set(idempotent)]));
}

export function createRpcProxies<All extends ServantDefinitions>(
  definitions: All,
  servants: Servants,
): RpcOf<All> {
  const proxies = Object.entries(definitions).map(([name, definition]) => {
    const caller = servants.callerOf(name);
    return [
      name,
      'methods' in definition ? createProxy(definition.methods, caller) : definition.bind(caller),
    ];
  });
  return Object.fromEntries(proxies) as RpcOf<All>;
}

/** Calls functions by name with JSON arguments. What a servant says of its errors does not pass. */
export function createRpcPort(
  definitions: ServantDefinitions,
  servants: Servants,
  events: EventSink,
): RpcPort {
  const functions = new Map<string, RemoteFunction>();
  for (const [servant, definition] of Object.entries(definitions)) {
    for (const [func, call] of listFunctions(definition, servants.callerOf(servant)))
      functions.set(`${servant}.${func}`, { servant, func, call });
  }
  return {
    async call(name, args) {
      // What stands behind a second dot does not count.
      const found = functions.get(name) ?? functions.get(name.split('.', 2).join('.'));
      if (found === undefined) {
        const [servant = '', func = ''] = name.slice(0, MAX_LOGGED_NAME).split('.', 2);
        events.emit('rpc.failed', { servant, func, failure: 'unknownFunction' });
        return failCall('unknownFunction', `there is no function ${name}`);
      }
      const { servant, func, call } = found;
      try {
        return { type: 'result', result: await call(args) };
      } catch (error) {
        if (error instanceof RpcError) return failCall(error.failure);
        const outcome = toFailure(error);
        // Without the error: its words may have arguments. Failures of the call itself are told where they happen.
        events.emit('rpc.failed', { servant, func, failure: outcome.failure });
        return outcome.answer;
      }
    },
  };
}

/** How much of a name that a client made up is in an event. */
const MAX_LOGGED_NAME = 100;

type CallByName = (args: ExactJson) => Promise<ExactJson>;

interface RemoteFunction {
  readonly servant: string;
  readonly func: string;
  readonly call: CallByName;
}

function listFunctions(
  definition: ServantDefinition | TarsRpcServant,
  caller: Caller,
): (readonly [string, CallByName])[] {
  if ('methods' in definition) {
    return Object.entries(definition.methods).map(([name, method]) => [
      name,
      async (args) => {
        const result = await callMethod(caller, method, args);
        return toJson(method.result, result) as ExactJson;
      },
    ]);
  }
  return definition.functions.map((name) => [
    name,
    async (args) => (await definition.callByName(caller, name, isObject(args) ? args : {})) as ExactJson,
  ]);
}

async function callMethod(caller: Caller, method: Methods[string], args: ExactJson): Promise<unknown> {
  try {
    return await invoke(caller, method, fromJson(method.args, args) as object);
  } catch (error) {
    if (!(error instanceof TarsEncodeError)) throw error;
    // The client knows the arguments as `args`.
    throw new TarsEncodeError(error.problem, `args${error.path.slice(method.args.name.length)}`);
  }
}

function isObject(json: ExactJson): json is { readonly [name: string]: ExactJson } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function toFailure(error: unknown): { failure: RpcFailure; answer: CallOutcome } {
  if (!(error instanceof TarsEncodeError)) return { failure: 'undecodable', answer: failCall('undecodable') };
  // What does not fit is the client's own, so it may be told.
  const words = `${RPC_ERRORS.badRequest.message}: ${error.message}`;
  return { failure: 'badRequest', answer: failCall('badRequest', words) };
}
