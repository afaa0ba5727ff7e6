/** The module that code generated from .tars files imports: types of the wire, proxies and servants. */

export { TarsCallError, type CallOptions, type CallRequest, type Caller } from './calls/caller.ts';
export { DEFAULT_FRAME_BYTES, FrameSplitter } from './wire/frame-splitter.ts';
export { invoke, method, post, type Method, type Nothing } from './calls/method.ts';
export { PACKET_TYPE, RequestPacket, ResponsePacket, TARS_VERSION } from './wire/packets.ts';
export { createProxy, type Methods, type ProxyOf } from './calls/proxy.ts';
export { TarsReader } from './wire/reader.ts';
export { RETURN_CODES } from './wire/return-codes.ts';
export {
  createServantAdapter,
  type AdapterOptions,
  type ServantAdapter,
  type ServantCall,
  type ServantOf,
  type ServantReply,
} from './calls/servant-adapter.ts';
export { optional, required, struct, type Field, type Fields, type TarsStruct } from './wire/struct.ts';
export type { Decoded, TarsType } from './wire/tars-type.ts';
export type { TupVersion } from './wire/tup.ts';
export { t } from './wire/types.ts';
export { TarsDecodeError, TarsEncodeError } from './wire/wire-errors.ts';
export { TarsWriter } from './wire/writer.ts';
