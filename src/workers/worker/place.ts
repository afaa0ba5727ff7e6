/** Where the primary of a worker is, and how connections come from it. */

import { Socket } from 'node:net';
import type { SocketSource } from '../../system/socket-source.ts';
import { Channel } from '../channel/channel.ts';

/** The descriptor of the socket to the primary; Node's own channel is 3. */
export const CHANNEL_FD = 4;

/** What the primary says of a worker when it begins. */
export interface Placement {
  /** The address to listen on. */
  readonly host: string;
  readonly port: number;
  /** Whether connections are handed on; else the worker listens itself. */
  readonly isGiven: boolean;
  /** The port of `tars.listen`, if it is set: its connections are always handed on. */
  readonly tarsPort?: number;
}

/** Node's own channel to the parent. */
export interface ParentChannel {
  on(name: 'message', listener: (message: unknown, handle: unknown) => void): unknown;
}

/** Connects with the primary. */
export function connectPrimary(): Channel {
  return new Channel(new Socket({ fd: CHANNEL_FD }));
}

/** Connections to one port of the primary, which come by Node's own channel. */
export function createGivenSockets(parent: ParentChannel, name: string, port: number): SocketSource {
  let isOpen = false;
  return {
    port,
    open(take) {
      isOpen = true;
      parent.on('message', (message, socket) => {
        if (!(socket instanceof Socket) || (message as { readonly port?: string }).port !== name) return;
        // It was handed on before the primary knew that this worker leaves.
        if (isOpen) take(socket);
        else socket.destroy();
      });
    },
    close() {
      isOpen = false;
    },
  };
}
