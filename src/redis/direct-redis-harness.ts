/** Redis for tests of what is built on it: one server, and a connection that is not made anew. */

import type { Redis, RedisScript } from './redis.ts';
import { ServerConnection } from './server-connection.ts';

export async function connectDirectly(url: string, scripts: readonly RedisScript[] = []): Promise<Redis> {
  const connection = await ServerConnection.open({
    url,
    scripts: new Set(scripts),
    connectMs: 5_000,
    isSharded: false,
    onLost: () => undefined,
  });
  const listeners = new Map<string, (message: string) => void>();
  const hear = (message: string, channel: string): void => listeners.get(channel)?.(message);
  return {
    isReady: true,
    isSharded: false,
    run: (script, keys, args) => connection.run(script, keys, args),
    command: (_, words) => connection.command(words),
    publish: (channel, message) => connection.publish(channel, message),
    subscribe(channel, listener) {
      const isKnown = listeners.has(channel);
      listeners.set(channel, listener);
      return isKnown ? Promise.resolve() : connection.subscribe([channel], hear);
    },
    async unsubscribe(channel) {
      if (listeners.delete(channel)) await connection.unsubscribe([channel]);
    },
    onRestored: () => () => undefined,
    close: async () => connection.close(),
  };
}
