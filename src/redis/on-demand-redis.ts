/** Redis for calls now and then: it connects at the first call, and again at the next call after a failure. */

import type { Redis, RedisReply, RedisScript } from './redis.ts';
import { ServerConnection, type ServerConnectionOptions } from './server-connection.ts';

type Options = Pick<ServerConnectionOptions, 'url' | 'connectMs'>;

export class OnDemandRedis implements Pick<Redis, 'run' | 'close'> {
  readonly #options: Options;
  #connection: Promise<ServerConnection> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  async run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<RedisReply> {
    this.#connection ??= this.#open();
    const connection = await this.#connection;
    return connection.run(script, keys, args);
  }

  /** Lets the connection go, also one that is not there yet. */
  drop(): void {
    const dropped = this.#connection;
    this.#connection = undefined;
    dropped?.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.drop();
  }

  #open(): Promise<ServerConnection> {
    const opening = ServerConnection.open({
      ...this.#options,
      scripts: new Set(),
      isSharded: false,
      onLost: () => {
        if (this.#connection === opening) this.#connection = undefined;
      },
    });
    return opening;
  }
}
