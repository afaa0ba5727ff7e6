/**
 * Contains what a peer may send to `@tars/rpc`: its protocol throws for bytes that are no reply, in the handler of the
 * socket, which would end the process.
 */

import { FrameSplitter } from '../wire/frame-splitter.ts';
import type { RpcProtocol, RpcProtocolClass } from './rpc-internals.ts';

const LENGTH_BYTES = 4;

export interface ProtocolListener {
  /** A connection begins to be made. */
  created(protocol: RpcProtocol): void;
  /** Bytes have come. */
  heard(protocol: RpcProtocol): void;
  /** What has come is no reply: the connection cannot be used any more. */
  broken(protocol: RpcProtocol, cause: unknown): void;
}

/** Makes a protocol that tells its listener what cannot be read, instead of throwing it. */
export function containProtocol(Protocol: RpcProtocolClass, listener: ProtocolListener): RpcProtocolClass {
  return class ContainedProtocol extends Protocol {
    readonly #splitter = new FrameSplitter();

    constructor() {
      super();
      listener.created(this);
    }

    override feed(data: Buffer): void {
      listener.heard(this);
      try {
        for (const packet of this.#splitter.push(data)) super.feed(toFrame(packet));
      } catch (cause) {
        listener.broken(this, cause);
      }
    }
  };
}

/** In memory of its own: lengths within a reply are not checked, and must not reach other bytes. */
function toFrame(packet: Uint8Array): Buffer {
  const frame = Buffer.alloc(LENGTH_BYTES + packet.length);
  frame.writeUInt32BE(frame.length);
  frame.set(packet, LENGTH_BYTES);
  return frame;
}
