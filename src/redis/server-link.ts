/**
 * One server of Redis, whose connections come and go: calls go to the connection of the moment, and what is subscribed is
 * subscribed again. Its machine (actors/redis/redis-link.ts) decides when.
 */

import { randomUUID } from 'node:crypto';
import { checkFormat, identifyData } from './format.ts';
import type { RedisLinkPort } from './link-port.ts';
import { RedisDownError, type RedisReply, type RedisScript } from './redis.ts';
import { ServerConnection } from './server-connection.ts';
import { startQuietTimer, type Clock } from '../system/clock.ts';
import { slotOf } from './slots.ts';
import { Subscriptions, type MessageListener } from './subscriptions.ts';
import { checkVersion, explainTrouble } from './trouble.ts';

/** How long the socket may take to connect, in milliseconds. */
const CONNECT_MS = 5_000;

/** How often it is asked whether the server is another one now, in milliseconds. */
const LOOK_MS = 5_000;

export interface ServerLinkOptions {
  readonly address: string;
  /** Tells the URL of the server. */
  readonly locate: () => Promise<string>;
  /** Whether the server may be another one later: then it is asked again and again. */
  readonly isMoving: boolean;
  readonly clock: Clock;
  readonly caFile: string | undefined;
  /** What is run on all servers. */
  readonly scripts: Set<RedisScript>;
  /** The key of the number of the format. In a cluster it is checked elsewhere. */
  readonly formatKey: string;
  /** The key of the id of what the server keeps; not used in a cluster. */
  readonly dataKey: string;
  /** A channel that nobody else uses. */
  readonly probeChannel: string;
  /** Whether it is a server of a cluster. */
  readonly isSharded: boolean;
  /** The server has ended the subscription of a channel, whose slot has moved. */
  readonly onMoved?: (channel: string) => void;
  /** It can be used, and has subscribed to all that is wanted. */
  readonly onUsed: (link: ServerLink, isEmptied: boolean) => void;
}

export class ServerLink implements RedisLinkPort {
  readonly address: string;
  readonly #options: ServerLinkOptions;
  readonly #subscriptions: Subscriptions;
  #opening: AbortController | undefined;
  /** It is there, and may not be used yet. */
  #opened: ServerConnection | undefined;
  #connection: ServerConnection | undefined;
  #url = '';
  #lost: (error: Error) => void = () => undefined;
  #timer: unknown;
  #heardBefore = 0;
  #isAnswered = false;
  /** The id of what the server had when it was opened last. */
  #data: string | undefined;
  /** It has lost that, and nobody was told. */
  #isEmptied = false;

  constructor(options: ServerLinkOptions) {
    this.#options = options;
    this.address = options.address;
    // A call is for channels of one slot.
    this.#subscriptions = new Subscriptions(options.isSharded ? slotOf : undefined);
  }

  async open(heard: () => void, lost: (error: Error) => void): Promise<void> {
    try {
      await this.#open(heard, (error) => lost(explainTrouble(error)));
    } catch (error) {
      throw explainTrouble(error);
    }
  }

  async #open(heard: () => void, lost: (error: Error) => void): Promise<void> {
    const { locate, caFile, scripts, formatKey, dataKey, probeChannel, isSharded, onMoved } = this.#options;
    const opening = new AbortController();
    this.#opening = opening;
    const url = await locate();
    const connection = await ServerConnection.open({
      url,
      caFile,
      scripts,
      connectMs: CONNECT_MS,
      isSharded,
      onMoved: (channel) => {
        this.#subscriptions.forget(channel);
        onMoved?.(channel);
      },
      signal: opening.signal,
      onLost: lost,
    });
    this.#opened = connection;
    this.#url = url;
    this.#lost = lost;
    const command = (words: readonly string[]): Promise<RedisReply> => connection.command(words);
    await checkVersion(command);
    await checkRole(connection);
    if (isSharded) await checkServing(connection, formatKey);
    else {
      await checkFormat(formatKey, command);
      const data = await identifyData(dataKey, command, randomUUID());
      this.#isEmptied ||= this.#data !== undefined && this.#data !== data;
      this.#data = data;
    }
    await connection.hearItself(probeChannel, heard);
    await this.#subscriptions.attach(connection);
  }

  use(): void {
    this.#connection = this.#opened;
    if (this.#options.isMoving) this.#lookAgain();
    const isEmptied = this.#isEmptied;
    this.#isEmptied = false;
    this.#options.onUsed(this, isEmptied);
  }

  probe(): void {
    this.#heardBefore = this.#subscriptions.heard;
    this.#isAnswered = false;
    const answered = (): void => {
      this.#isAnswered = true;
    };
    this.#connection?.probe(this.#options.probeChannel).then(answered, () => undefined);
  }

  get isAlive(): boolean {
    return this.#isAnswered && this.#subscriptions.heard > this.#heardBefore;
  }

  get isReady(): boolean {
    return this.#connection !== undefined;
  }

  close(): void {
    this.#opening?.abort();
    this.#options.clock.clearTimeout(this.#timer);
    this.#connection = undefined;
    this.#opened?.close();
    this.#opened = undefined;
    this.#subscriptions.detach(new RedisDownError('the connection to Redis was lost'));
  }

  /** Channels, which a cluster moves from one server to another. */
  get subscriptions(): Pick<Subscriptions, 'release' | 'adopt' | 'renew'> {
    return this.#subscriptions;
  }

  /** A failover may leave the old master alive, and this link with it. */
  #lookAgain(): void {
    const { clock, locate } = this.#options;
    const connection = this.#connection;
    const look = async (): Promise<void> => {
      const url = await locate().catch(() => this.#url);
      if (connection !== this.#connection) return;
      if (url === this.#url) this.#lookAgain();
      else this.#lost(new Error('another server of Redis is the master now'));
    };
    this.#timer = startQuietTimer(clock, () => void look(), LOOK_MS);
  }

  run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<RedisReply> {
    return this.#connection?.run(script, keys, args) ?? refuse();
  }

  command(words: readonly string[]): Promise<RedisReply> {
    return this.#connection?.command(words) ?? refuse();
  }

  commandAsking(words: readonly string[]): Promise<RedisReply> {
    return this.#connection?.commandAsking(words) ?? refuse();
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

/** @throws an error for a replica: nothing can be written there. */
async function checkRole(connection: ServerConnection): Promise<void> {
  // A user of Redis may not be allowed to ask.
  const role = await connection.command(['ROLE']).catch(() => undefined);
  if (Array.isArray(role) && role[0] !== 'master') throw new Error('this server of Redis is a replica');
}

/** @throws an error when the server serves nothing yet, as right after it has become a master of its cluster. */
async function checkServing(connection: ServerConnection, key: string): Promise<void> {
  try {
    await connection.command(['GET', key]);
  } catch (error) {
    // Another server has the key: this one serves.
    if (!(error instanceof Error && /^(?:MOVED|ASK) /.test(error.message))) throw error;
  }
}

function refuse(): Promise<never> {
  return Promise.reject(new RedisDownError('Redis cannot be reached'));
}
