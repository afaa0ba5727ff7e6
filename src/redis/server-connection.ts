/**
 * Two connections to one server of Redis: for commands, and for what it publishes. They live and end together. It decides
 * nothing: whoever opened it closes it when it is lost, and opens another.
 */

import type { RedisClientType } from 'redis';
import { RedisDownError, RedisLostError, type RedisReply, type RedisScript } from './redis.ts';
import { createRawClient, type RawClientOptions } from './raw-client.ts';
import { digestOf } from './script-cache.ts';

export interface ServerConnectionOptions extends RawClientOptions {
  /** Loaded before anything else is run. What is run later is added. */
  readonly scripts: Set<RedisScript>;
  /** Ends connecting. */
  readonly signal?: AbortSignal | undefined;
  /** Whether channels are those of a cluster, which its servers do not tell each other of. */
  readonly isSharded: boolean;
  /** The server has ended the subscription of a channel, whose slot has moved. */
  readonly onMoved?: ((channel: string) => void) | undefined;
  /** One of the connections has ended by itself. Called once. */
  readonly onLost: (error: Error) => void;
}

export type ChannelListener = (message: string, channel: string) => void;

export class ServerConnection {
  readonly #options: ServerConnectionOptions;
  readonly #commands: RedisClientType;
  readonly #subscriber: RedisClientType;
  #reloading: Promise<void> | undefined;
  /** The scripts that this connection has loaded, or loads now. */
  readonly #loaded = new WeakSet<RedisScript>();
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
    const [commands, subscriber] = await Promise.all([createRawClient(options), createRawClient(options)]);
    const opened = new ServerConnection(options, commands, subscriber);
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
    // Those that are being loaded now were chosen before.
    if (this.#reloading !== undefined && !this.#loaded.has(script)) this.#reload([script]);
    const words = ['EVALSHA', digestOf(script), String(keys.length), ...keys, ...args];
    return this.#reloading === undefined ? this.#runOnce(words) : this.#runLater(words);
  }

  async command(words: readonly string[]): Promise<RedisReply> {
    if (!this.#commands.isReady) throw new RedisDownError('Redis cannot be reached');
    try {
      return await this.#commands.sendCommand<RedisReply>(words);
    } catch (error) {
      // It was the master, and is one no more.
      if (startsWith(error, 'READONLY')) this.#lose(error as Error);
      throw toRedisError(error);
    }
  }

  /** The same, on a server that is about to get the slot of the key. */
  async commandAsking(words: readonly string[]): Promise<RedisReply> {
    // Nothing may come between the two.
    const asking = this.command(['ASKING']);
    const asked = this.command(words);
    await Promise.allSettled([asking, asked]);
    return asked;
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.command(['PUBLISH', channel, message]);
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

  /** Hears messages to itself. In a cluster too, such a channel is of no slot. */
  async hearItself(channel: string, heard: () => void): Promise<void> {
    await this.#subscriber.subscribe(channel, heard);
  }

  /** Sends a message to itself. */
  async probe(channel: string): Promise<void> {
    await this.publish(channel, '');
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
    const { onMoved } = this.#options;
    if (onMoved !== undefined) this.#subscriber.on('sharded-channel-moved', onMoved);
    await Promise.all([this.#commands.connect(), this.#subscriber.connect()]);
    await this.#load(this.#options.scripts);
  }

  #lose(error: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.onLost(error);
  }

  async #load(scripts: Iterable<RedisScript>): Promise<void> {
    const all = [...scripts];
    for (const script of all) this.#loaded.add(script);
    await Promise.all(all.map(({ text }) => this.command(['SCRIPT', 'LOAD', text])));
  }

  /** Calls wait until these are loaded too. */
  #reload(scripts: Iterable<RedisScript>): void {
    const reloading: Promise<void> = Promise.all([this.#reloading, this.#load(scripts)])
      .then(() => undefined)
      .finally(() => {
        if (this.#reloading === reloading) this.#reloading = undefined;
      });
    this.#reloading = reloading;
  }

  async #runOnce(words: readonly string[]): Promise<RedisReply> {
    try {
      return await this.command(words);
    } catch (error) {
      if (!startsWith(error, 'NOSCRIPT')) throw error;
    }
    if (this.#reloading === undefined) this.#reload(this.#options.scripts);
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

function startsWith(error: unknown, word: string): boolean {
  return error instanceof Error && error.message.startsWith(word);
}

/** With these Redis refuses everything for a while. */
const NOT_RUN = ['READONLY', 'LOADING', 'MASTERDOWN', 'CLUSTERDOWN'];

/** The library says of each command whether it was sent. What Redis itself refuses stays as it is. */
function toRedisError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name } = error.constructor;
  if (NOT_RUN.some((word) => startsWith(error, word))) {
    return new RedisDownError(error.message, { cause: error });
  }
  if (name === 'ErrorReply' || name === 'SimpleError' || name === 'BlobError') return error;
  if (error instanceof RedisDownError) return error;
  if (name === 'ClientOfflineError' || name === 'ClientClosedError') {
    return new RedisDownError('Redis cannot be reached', { cause: error });
  }
  return new RedisLostError('the connection to Redis was lost', { cause: error });
}
