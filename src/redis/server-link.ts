/**
 * One server of Redis, whose connections come and go: calls go to the connection of the moment, and what is subscribed is
 * subscribed again. Its machine (actors/redis/redis-link.ts) decides when.
 */

import { checkFormat } from './format.ts';
import type { RedisLinkPort } from './link-port.ts';
import { RedisDownError, type RedisReply, type RedisScript } from './redis.ts';
import { ServerConnection } from './server-connection.ts';
import { Subscriptions, type MessageListener } from './subscriptions.ts';

/** How long the socket may take to connect, in milliseconds. */
const CONNECT_MS = 5_000;

export interface ServerLinkOptions {
  readonly address: string;
  readonly url: string;
  readonly caFile: string | undefined;
  /** What is run on all servers. */
  readonly scripts: Set<RedisScript>;
  readonly formatKey: string;
  /** A channel that nobody else uses. */
  readonly probeChannel: string;
  /** It can be used, and has subscribed to all that is wanted. */
  readonly onUsed: (link: ServerLink) => void;
}

export class ServerLink implements RedisLinkPort {
  readonly address: string;
  readonly #options: ServerLinkOptions;
  readonly #subscriptions = new Subscriptions();
  #opening: AbortController | undefined;
  /** It is there, and may not be used yet. */
  #opened: ServerConnection | undefined;
  #connection: ServerConnection | undefined;
  #heardBefore = 0;
  #isAnswered = false;

  constructor(options: ServerLinkOptions) {
    this.#options = options;
    this.address = options.address;
  }

  async open(heard: () => void, lost: (error: Error) => void): Promise<void> {
    const { url, caFile, scripts, formatKey, probeChannel } = this.#options;
    const opening = new AbortController();
    this.#opening = opening;
    const connection = await ServerConnection.open({
      url,
      caFile,
      scripts,
      connectMs: CONNECT_MS,
      isSharded: false,
      signal: opening.signal,
      onLost: lost,
    });
    this.#opened = connection;
    await checkFormat(formatKey, (words) => connection.command(words));
    await connection.subscribe([probeChannel], heard);
    await this.#subscriptions.attach(connection);
  }

  use(): void {
    this.#connection = this.#opened;
    this.#options.onUsed(this);
  }

  probe(): void {
    this.#heardBefore = this.#subscriptions.heard;
    this.#isAnswered = false;
    const answered = (): void => {
      this.#isAnswered = true;
    };
    this.#connection?.publish(this.#options.probeChannel, '').then(answered, () => undefined);
  }

  get isAlive(): boolean {
    return this.#isAnswered && this.#subscriptions.heard > this.#heardBefore;
  }

  get isReady(): boolean {
    return this.#connection !== undefined;
  }

  close(): void {
    this.#opening?.abort();
    this.#connection = undefined;
    this.#opened?.close();
    this.#opened = undefined;
    this.#subscriptions.detach(new RedisDownError('the connection to Redis was lost'));
  }

  run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<RedisReply> {
    return this.#connection?.run(script, keys, args) ?? refuse();
  }

  command(words: readonly string[]): Promise<RedisReply> {
    return this.#connection?.command(words) ?? refuse();
  }

  publish(channel: string, message: string): Promise<void> {
    return this.#connection?.publish(channel, message) ?? refuse();
  }

  subscribe(channel: string, listener: MessageListener): Promise<void> {
    return this.#subscriptions.want(channel, listener);
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#subscriptions.unwant(channel);
  }
}

function refuse(): Promise<never> {
  return Promise.reject(new RedisDownError('Redis cannot be reached'));
}
