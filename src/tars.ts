/** The public entry `statecast/tars`: what modules generated from .tars files import, and how to serve and call them. */

export { connectTars, type Connected, type ConnectOptions } from './tars/entry/connect-tars.ts';
export * from './tars/runtime.ts';
export type { ErrorOrigin, OnServerError } from './tars/server/server-errors.ts';
export { serveTars, type ServedTars, type ServeOptions } from './tars/entry/serve-tars.ts';
export {
  fromTarsRpc,
  type FromTarsRpcOptions,
  type TarsRpcFunctions,
  type TarsRpcServant,
} from './tars/tars-rpc/from-tars-rpc.ts';
export type { TarsRpcOptions, TarsRpcReply } from './tars/tars-rpc/rpc-options.ts';
