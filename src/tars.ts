/** The public entry `statecast/tars`: what modules generated from .tars files import, and what carries their calls. */

export { TarsCallError, type CallOptions, type CallRequest, type Caller } from './tars/wire/caller.ts';
export { DEFAULT_FRAME_BYTES, FrameSplitter } from './tars/wire/frame-splitter.ts';
export { invoke, method, post, type Method, type Nothing } from './tars/wire/method.ts';
export { PACKET_TYPE, RequestPacket, ResponsePacket, TARS_VERSION } from './tars/wire/packets.ts';
export { createProxy, type Methods, type ProxyOf } from './tars/wire/proxy.ts';
export { TarsReader } from './tars/wire/reader.ts';
export { RETURN_CODES } from './tars/wire/return-codes.ts';
export {
  createServantAdapter,
  type AdapterOptions,
  type ServantAdapter,
  type ServantCall,
  type ServantOf,
  type ServantReply,
} from './tars/wire/servant-adapter.ts';
export { optional, required, struct, type Field, type Fields, type TarsStruct } from './tars/wire/struct.ts';
export type { Decoded, TarsType } from './tars/wire/tars-type.ts';
export type { TupVersion } from './tars/wire/tup.ts';
export { t } from './tars/wire/types.ts';
export { TarsDecodeError, TarsEncodeError } from './tars/wire/wire-errors.ts';
export { TarsWriter } from './tars/wire/writer.ts';
