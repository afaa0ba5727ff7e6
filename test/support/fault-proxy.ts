/** A TCP proxy that breaks as networks do: slow, cut, silent, or silent in one direction. */

import { createServer, connect, type Socket } from 'node:net';

export interface FaultProxy {
  readonly port: number;
  /** Ends all connections by a reset; new ones work. */
  cut(): void;
  /** What is sent from now on is lost, and nobody is told: in one direction, or in both. New connections too. */
  drop(direction?: 'requests' | 'replies' | 'both'): void;
  /** Refuses new connections, and resets those that are open. */
  refuse(): void;
  /** Brings everything later by this many milliseconds, in its order. */
  delay(ms: number): void;
  /** Works from now on. A connection of which something was lost is reset, as it would be in the end. */
  heal(): void;
  /** Bytes that were brought to the server. */
  readonly sent: number;
  close(): Promise<void>;
}

/** A proxy on a free port to a port of this machine. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const maimed = new Set<readonly [Socket, Socket]>();
  let dropped: 'requests' | 'replies' | 'both' | undefined;
  let refuses = false;
  let delayMs = 0;
  let sent = 0;

  const server = createServer((client) => {
    if (refuses) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    pass(client, upstream, 'requests', pair);
    pass(upstream, client, 'replies', pair);
  });

  function pass(
    from: Socket,
    to: Socket,
    direction: 'requests' | 'replies',
    pair: readonly [Socket, Socket],
  ) {
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => {
      if (dropped === direction || dropped === 'both') {
        maimed.add(pair);
        return;
      }
      if (direction === 'requests') sent += chunk.length;
      if (delayMs === 0) to.write(chunk);
      else setTimeout(() => to.writable && to.write(chunk), delayMs);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      pairs.delete(pair);
      maimed.delete(pair);
      // Who cannot be heard cannot say that it has gone.
      if (dropped !== direction && dropped !== 'both') to.resetAndDestroy();
    });
  }

  function reset(some: Iterable<readonly [Socket, Socket]>): void {
    for (const pair of some) for (const socket of pair) socket.resetAndDestroy();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    get sent() {
      return sent;
    },
    cut: () => reset(pairs),
    drop(direction = 'both') {
      dropped = direction;
    },
    refuse() {
      refuses = true;
      reset(pairs);
    },
    delay(ms) {
      delayMs = ms;
    },
    heal() {
      dropped = undefined;
      refuses = false;
      delayMs = 0;
      reset(maimed);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      dropped = undefined;
      reset(pairs);
      await closed;
    },
  };
}
