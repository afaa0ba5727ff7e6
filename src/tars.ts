/** The public entry `statecast/tars`: what modules generated from .tars files import, and what carries their calls. */

export * from './tars/runtime.ts';
export {
  fromTarsRpc,
  type FromTarsRpcOptions,
  type TarsRpcFunctions,
  type TarsRpcServant,
} from './tars/tars-rpc/from-tars-rpc.ts';
export type { TarsRpcOptions, TarsRpcReply } from './tars/tars-rpc/generated-calls.ts';
