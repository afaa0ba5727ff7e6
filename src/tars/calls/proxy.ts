/** Proxies: an object with a method for each function of an interface. This is the client's side of generated code. */

import { setOwn } from '../../protocol/json/own-property.ts';
import type { CallOptions, Caller } from './caller.ts';
import { invoke, type Method, type Nothing } from './method.ts';
import type { Decoded } from '../wire/tars-type.ts';

/** The functions of an interface by the names of their methods. */
export type Methods = Readonly<Record<string, Method<object, object>>>;

/** A method for each function; a function without in parameters takes only the options. */
export type ProxyOf<All extends Methods> = {
  readonly [Name in keyof All]: All[Name] extends Method<infer Args, infer Result>
    ? [Args] extends [Nothing]
      ? (options?: CallOptions) => Promise<ProxyResult<Result>>
      : (args: Args, options?: CallOptions) => Promise<ProxyResult<Result>>
    : never;
};

type ProxyResult<Result> = [Result] extends [Nothing] ? void : Decoded<Result>;

/** Makes the proxy of an interface. Its methods reject as `invoke` does. */
export function createProxy<All extends Methods>(methods: All, caller: Caller): ProxyOf<All> {
  const proxy: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(methods)) {
    const call = async (args: object, options?: CallOptions) => {
      const result = await invoke(caller, method, args, options);
      return method.gives ? result : undefined;
    };
    setOwn(proxy, name, method.takes ? call : (options?: CallOptions) => call({}, options));
  }
  return proxy as ProxyOf<All>;
}
