/**
 * Two connections to one server of Redis: for commands, and for what it publishes. They live and end together. It decides
 * nothing: whoever opened it closes it when it is lost, and opens another.
 */

import { readFile } from 'node:fs/promises';
import type { RedisClientType } from 'redis';
import { RedisDownError, RedisLostError, type RedisReply, type RedisScript } from './redis.ts';
import { digestOf } from './script-cache.ts';

export interface ServerConnectionOptions {
  readonly url: string;
  /** Loaded before anything else is run. What is run later is added. */
  readonly scripts: Set<RedisScript>;
  /** How long connecting may take, in milliseconds. */
  readonly connectMs: number;
  /** A file with the certificates of those who may vouch for the server (TLS). */
  readonly caFile?: string | undefined;
  /** Ends connecting. */
  readonly signal?: AbortSignal | undefined;
  /** Whether channels are those of a cluster, which its servers do not tell each other of. */
  readonly isSharded: boolean;
  /** One of the connections has ended by itself. Called once. */
  readonly onLost: (error: Error) => void;
}

export type ChannelListener = (message: string, channel: string) => void;

export class ServerConnection {
  readonly #options: ServerConnectionOptions;
  readonly #commands: RedisClientType;
  readonly #subscriber: RedisClientType;
  #reloading: Promise<void> | undefined;
  #isClosed = false;

  private constructor(
    options: ServerConnectionOptions,
    commands: RedisClientType,
    subscriber: RedisClientType,
  ) {
    this.#options = options;
    this.#commands = commands;
    this.#subscriber = subscriber;
  }

  /** @throws an error of the connection, or of Redis, when one of the two cannot be used. */
  static async open(options: ServerConnectionOptions): Promise<ServerConnection> {
    // Loaded here: a server without Redis does without it.
    const { createClient } = await import('redis');
    const ca = options.caFile === undefined ? undefined : await readFile(options.caFile);
    const create = (): RedisClientType =>
      createClient({
        url: options.url,
        RESP: 3,
        // A command fails at once without a connection. Deadlines are those of the callers: a timer for each command costs
        // several times the command.
        disableOfflineQueue: true,
        commandOptions: { timeout: 0 },
        socket: {
          reconnectStrategy: false,
          connectTimeout: options.connectMs,
          // The scheme of the URL says whether it is used.
          ...(ca !== undefined && { ca }),
        },
      });
    const opened = new ServerConnection(options, create(), create());
    try {
      await untilAborted(opened.#connect(), options.signal);
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  }

  run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<RedisReply> {
    this.#options.scripts.add(script);
    const words = ['EVALSHA', digestOf(script), String(keys.length), ...keys, ...args];
    return this.#reloading === undefined ? this.#runOnce(words) : this.#runLater(words);
  }

  async command(words: readonly string[]): Promise<RedisReply> {
    if (!this.#commands.isReady) throw new RedisDownError('Redis cannot be reached');
    try {
      return await this.#commands.sendCommand<RedisReply>(words);
    } catch (error) {
      throw toRedisError(error);
    }
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.command([this.#options.isSharded ? 'SPUBLISH' : 'PUBLISH', channel, message]);
  }

  /** Resolves when all of them are subscribed. Channels of a sharded server are all of one slot. */
  async subscribe(channels: readonly string[], listener: ChannelListener): Promise<void> {
    const subscriber = this.#subscriber;
    if (this.#options.isSharded) await subscriber.sSubscribe([...channels], listener);
    else await subscriber.subscribe([...channels], listener);
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    const subscriber = this.#subscriber;
    if (this.#options.isSharded) await subscriber.sUnsubscribe([...channels]);
    else await subscriber.unsubscribe([...channels]);
  }

  close(): void {
    this.#isClosed = true;
    for (const client of [this.#commands, this.#subscriber]) if (client.isOpen) client.destroy();
  }

  async #connect(): Promise<void> {
    for (const client of [this.#commands, this.#subscriber]) {
      client.on('error', (error: Error) => this.#lose(error));
      client.on('end', () => this.#lose(new Error('the connection to Redis has ended')));
    }
    await Promise.all([this.#commands.connect(), this.#subscriber.connect()]);
    await this.#loadScripts();
  }

  #lose(error: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.onLost(error);
  }

  async #loadScripts(): Promise<void> {
    const { scripts } = this.#options;
    await Promise.all([...scripts].map(({ text }) => this.command(['SCRIPT', 'LOAD', text])));
  }

  async #runOnce(words: readonly string[]): Promise<RedisReply> {
    try {
      return await this.command(words);
    } catch (error) {
      if (!isMissingScript(error)) throw error;
    }
    this.#reloading ??= this.#loadScripts().finally(() => {
      this.#reloading = undefined;
    });
    return this.#runLater(words);
  }

  /** In the order of the calls: each waits for the same promise. */
  async #runLater(words: readonly string[]): Promise<RedisReply> {
    try {
      await this.#reloading;
    } catch (error) {
      throw new RedisDownError('a script cannot be loaded', { cause: error });
    }
    return this.command(words);
  }
}

/** @throws an error when it is aborted before; whatever comes later is ignored. */
async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new Error('connecting took too long'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
    work.catch(() => undefined);
  }
}

function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** The library says of each command whether it was sent. What Redis itself refuses stays as it is. */
function toRedisError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name } = error.constructor;
  if (name === 'ErrorReply' || name === 'SimpleError' || name === 'BlobError') return error;
  if (error instanceof RedisDownError) return error;
  if (name === 'ClientOfflineError' || name === 'ClientClosedError') {
    return new RedisDownError('Redis cannot be reached', { cause: error });
  }
  return new RedisLostError('the connection to Redis was lost', { cause: error });
}
