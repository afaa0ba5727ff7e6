/** Where a process gets its connections from that does not listen by itself. */

/** A `Socket` of `node:net`, of which only this is said: the types of the package need none of Node.js. */
export interface HandedSocket {
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** Connections to one port, which another process accepts and hands on. */
export interface SocketSource {
  /** The port that clients connect to. */
  readonly port: number;
  /** From now on each connection goes to `take`. To be called once. */
  open(take: (socket: HandedSocket) => void): void;
  /** Nothing comes any more; what is open stays. */
  close(): void;
}
