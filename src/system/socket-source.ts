/** Where a process gets its connections from that does not listen by itself. */

import type { Socket } from 'node:net';

/** Connections to one port, which another process accepts and hands on. */
export interface SocketSource {
  /** The port that clients connect to. */
  readonly port: number;
  /** From now on each connection goes to `take`. To be called once. */
  open(take: (socket: Socket) => void): void;
  /** Nothing comes any more; what is open stays. */
  close(): void;
}
