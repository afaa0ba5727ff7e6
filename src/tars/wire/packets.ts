/** The two packets of the TARS protocol: request and response. */

import { optional, required, struct } from './struct.ts';
import type { TarsType } from './tars-type.ts';
import { t } from './types.ts';

/** The version of packets with plain bodies. */
export const TARS_VERSION = 1;

export const PACKET_TYPE = {
  normal: 0,
  /** There is no reply. */
  oneWay: 1,
} as const;

/** A call on its way to a servant. */
export interface RequestPacket {
  version?: number;
  packetType?: number;
  messageType?: number;
  /** Repeated in the reply. */
  requestId: number;
  /** The object's name, `App.Server.Obj`. */
  servant: string;
  func: string;
  /** The arguments as TARS fields. Decoded, it is a view of the packet's bytes. */
  body: Uint8Array;
  /** How long the caller waits, in milliseconds. */
  timeoutMs?: number;
  context?: Map<string, string>;
  status?: Map<string, string>;
}

/** The answer to a call. */
export interface ResponsePacket {
  version?: number;
  packetType?: number;
  requestId: number;
  messageType?: number;
  ret: number;
  /** The result as TARS fields. Decoded, it is a view of the packet's bytes. */
  body: Uint8Array;
  status?: Map<string, string>;
  /** The servant's text for an error. It must not be shown to clients. */
  description?: string;
  context?: Map<string, string>;
}

const texts = t.map(t.string, t.string);

/** A body is decoded or sent on at once, so it needs no copy. */
const view: TarsType<Uint8Array> = { ...t.bytes, read: (reader) => reader.bytes() };

/** `Buffer.from` takes short copies from a shared pool, which is much cheaper than new memory for each. */
const copy: TarsType<Uint8Array> = { ...t.bytes, read: (reader) => Buffer.from(reader.bytes()) };

export const RequestPacket = struct<RequestPacket>('tars.RequestPacket', {
  version: required(1, t.short, TARS_VERSION),
  packetType: required(2, t.byte, PACKET_TYPE.normal),
  messageType: required(3, t.int, 0),
  requestId: required(4, t.int),
  servant: required(5, t.string),
  func: required(6, t.string),
  body: required(7, view),
  timeoutMs: required(8, t.int, 0),
  context: optional(9, texts),
  status: optional(10, texts),
});

export const ResponsePacket = struct<ResponsePacket>('tars.ResponsePacket', {
  version: required(1, t.short, TARS_VERSION),
  packetType: required(2, t.byte, PACKET_TYPE.normal),
  requestId: required(3, t.int),
  messageType: required(4, t.int, 0),
  ret: required(5, t.int),
  body: required(6, view),
  status: optional(7, texts),
  description: optional(8, t.string),
  context: optional(9, texts),
});

/** The fields of a response that a caller needs. */
export interface ReplyHead {
  version: number;
  requestId: number;
  ret: number;
  /** The result as TARS fields; it does not change with the packet's bytes. */
  body: Uint8Array;
  description?: string;
}

/** Decodes only the fields that a caller needs. */
export const ReplyHead = struct<ReplyHead>('tars.ResponsePacket', {
  version: required(1, t.short),
  requestId: required(3, t.int),
  ret: required(5, t.int),
  body: required(6, copy),
  description: optional(8, t.string),
});
