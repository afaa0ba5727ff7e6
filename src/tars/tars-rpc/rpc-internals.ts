/**
 * The parts of `@tars/rpc` (2.0) that are used here: its objects behind a proxy that `tars2node` generated. The package is
 * optional, so nothing is imported from it.
 */

import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** The bytes of arguments and results: the `BinBuffer` of `@tars/stream`. */
export interface RpcBytes {
  toNodeBuffer(): Buffer;
  /** The next 8 bytes as a number, which may be rounded, or as a text of digits. */
  readInt64(asText?: boolean | number): unknown;
}
export type RpcBytesClass = new (bytes: Buffer) => RpcBytes;

/** The options of a call. */
export interface RpcProperty {
  context?: Readonly<Record<string, string>>;
  /** 1: there is no reply. */
  packetType?: number;
  hashCode?: number;
  consistentHash?: string | number;
}

/** Composes requests and parses replies of one connection. */
export interface RpcProtocol extends EventEmitter {
  feed(data: Buffer): void;
}
export type RpcProtocolClass = new () => RpcProtocol;

export interface RpcTransceiver {
  _stream?: RpcProtocol | undefined;
  _socket?: Socket | undefined;
  hasConnected(): boolean;
  isConnecting(): boolean;
  close(): void;
}

/** One endpoint. */
export interface RpcAdapter {
  readonly _endpoint: { readonly sHost: string; readonly iPort: number };
  readonly _vTrans: readonly RpcTransceiver[];
  readonly _pTimeoutQueueY: { erase(id: number): void };
  /** Connects, if it is not connected, and it is not too soon or `force` is set. */
  checkActive(force?: boolean): boolean;
  invoke(message: RpcMessage): void;
}

/** A call. */
export interface RpcMessage {
  readonly request: { readonly iRequestId: number };
  readonly promise: { readonly promise: Promise<RpcAnswer> };
  adapter?: RpcAdapter | undefined;
  clearTimeout(): void;
}

export interface RpcAnswer {
  readonly response: { readonly iRet: number; readonly sBuffer: RpcBytes };
}

/** What a call rejects with. */
export interface RpcRejection {
  readonly error?: { readonly code?: number; readonly message?: string };
}

/** The object of a proxy, with all its endpoints. */
export interface RpcWorker {
  readonly _manager: {
    readonly _direct: boolean;
    readonly _adapters: readonly RpcAdapter[];
    /** The registry is being asked. */
    readonly _bRequest: boolean;
    /** When it may be asked again, in milliseconds since the process began. */
    readonly _iRefreshTime: number;
    /** Asks the registry if the time has come. */
    _dns(): void;
  };
  readonly _protocol: RpcProtocolClass;
  _iTimeout: number;
  genRequestId(): number;
  invoke(message: RpcMessage): Promise<RpcAnswer>;
  tars_invoke(func: string, body: RpcBytes, property: RpcProperty): Promise<RpcAnswer>;
  setProtocol(protocol: RpcProtocolClass): void;
  setCheckTimeoutInfo(info: Readonly<Record<string, number>>): void;
}

/** A proxy that `tars2node` generated, made by `stringToProxy`. */
export interface RpcProxy {
  readonly _name: string;
  readonly _worker: RpcWorker;
}

/** @throws {TypeError} for anything else. */
export function toRpcProxy(given: object): RpcProxy {
  const { _name: name, _worker: worker } = given as Partial<RpcProxy>;
  const isProxy =
    typeof name === 'string' &&
    typeof worker?.tars_invoke === 'function' &&
    typeof worker.setProtocol === 'function' &&
    typeof worker._manager === 'object';
  if (isProxy) return given as RpcProxy;
  throw new TypeError('fromTarsRpc takes a proxy that client.stringToProxy of @tars/rpc has made');
}
