/**
 * The channels that are wanted on one server, and those that are subscribed there. One round of calls is under way at a
 * time, and what comes meanwhile goes with the next one: node-redis loses a channel that is subscribed again while an
 * earlier `unsubscribe` has no answer.
 */

import { RedisDownError } from './redis.ts';
import type { ChannelListener } from './server-connection.ts';

/** A longer list holds up what else goes to the server. */
const MOST_AT_ONCE = 512;

export type MessageListener = (message: string) => void;

/** What it needs of a connection. */
export interface Subscriber {
  subscribe(channels: readonly string[], listener: ChannelListener): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Subscriptions {
  readonly #groupOf: (channel: string) => unknown;
  readonly #wanted = new Map<string, MessageListener>();
  /** What is to be looked at in the next round, and who waits for it. */
  #waiting = new Map<string, Waiter[]>();
  #subscribed = new Set<string>();
  #subscriber: Subscriber | undefined;
  #isBusy = false;
  #heard = 0;

  /** @param groupOf Channels of different groups are not subscribed in one call. */
  constructor(groupOf: (channel: string) => unknown = () => undefined) {
    this.#groupOf = groupOf;
  }

  /** How many messages have come. */
  get heard(): number {
    return this.#heard;
  }

  /**
   * @throws {RedisDownError} (as a rejection) when there is no connection, and the channel is not wanted then.
   */
  want(channel: string, listener: MessageListener): Promise<void> {
    if (this.#subscriber === undefined) return Promise.reject(new RedisDownError('Redis cannot be reached'));
    this.#wanted.set(channel, listener);
    return this.#settle(channel);
  }

  unwant(channel: string): Promise<void> {
    this.#wanted.delete(channel);
    return this.#subscriber === undefined ? Promise.resolve() : this.#settle(channel);
  }

  /** Subscribes to all that is wanted on a new connection, which is used from then on. */
  async attach(subscriber: Subscriber): Promise<void> {
    const channels = [...this.#wanted.keys()];
    await this.#subscribe(subscriber, channels);
    this.#subscribed = new Set(channels);
    this.#subscriber = subscriber;
    for (const channel of channels) if (!this.#wanted.has(channel)) void this.#settle(channel);
  }

  /** The connection is gone: nothing is subscribed, and who waits has waited in vain. Calls under way fail by themselves. */
  detach(error: Error): void {
    if (this.#subscriber === undefined) return;
    this.#subscriber = undefined;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    this.#refuse(
      waiting,
      [...waiting.keys()].filter((channel) => !this.#subscribed.has(channel)),
      error,
    );
    this.#subscribed = new Set();
  }

  /** The listener of a connection. */
  readonly hear = (message: string, channel: string): void => {
    this.#heard += 1;
    this.#wanted.get(channel)?.(message);
  };

  /** The server has ended this subscription by itself. */
  forget(channel: string): void {
    this.#subscribed.delete(channel);
  }

  /** Subscribes again to what it has forgotten. It never rejects: a connection that fails has it the next time. */
  async renew(): Promise<void> {
    if (this.#subscriber === undefined) return;
    const missing = [...this.#wanted.keys()].filter((channel) => !this.#subscribed.has(channel));
    await Promise.allSettled(missing.map((channel) => this.#settle(channel)));
  }

  /** Lets go of some channels, which go to another server. Returns them. */
  release(isMoving: (channel: string) => boolean): [string, MessageListener][] {
    const moving = [...this.#wanted].filter(([channel]) => isMoving(channel));
    for (const [channel] of moving) void this.unwant(channel).catch(() => undefined);
    return moving;
  }

  /** Takes over channels of another server. Resolves when they are subscribed, or will be with the next connection. */
  async adopt(channels: readonly (readonly [string, MessageListener])[]): Promise<void> {
    for (const [channel, listener] of channels) this.#wanted.set(channel, listener);
    await this.renew();
  }

  #settle(channel: string): Promise<void> {
    const settled = new Promise<void>((resolve, reject) => {
      const waiters = this.#waiting.get(channel);
      if (waiters === undefined) this.#waiting.set(channel, [{ resolve, reject }]);
      else waiters.push({ resolve, reject });
    });
    if (!this.#isBusy) void this.#work();
    return settled;
  }

  /** It never rejects. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    // What is wanted in the same turn goes along.
    await Promise.resolve();
    while (this.#subscriber !== undefined && this.#waiting.size > 0) await this.#takeRound(this.#subscriber);
    this.#isBusy = false;
  }

  async #takeRound(subscriber: Subscriber): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    const channels = [...waiting.keys()];
    const added = channels.filter((each) => this.#wanted.has(each) && !this.#subscribed.has(each));
    const removed = channels.filter((each) => !this.#wanted.has(each) && this.#subscribed.has(each));
    try {
      await Promise.all([this.#subscribe(subscriber, added), this.#unsubscribe(subscriber, removed)]);
    } catch (error) {
      this.#refuse(waiting, added, error);
      return;
    }
    if (this.#subscriber === subscriber) {
      for (const channel of added) this.#subscribed.add(channel);
      for (const channel of removed) this.#subscribed.delete(channel);
    }
    for (const waiters of waiting.values()) for (const { resolve } of waiters) resolve();
  }

  async #subscribe(subscriber: Subscriber, channels: readonly string[]): Promise<void> {
    await Promise.all(this.#batch(channels).map((batch) => subscriber.subscribe(batch, this.hear)));
  }

  async #unsubscribe(subscriber: Subscriber, channels: readonly string[]): Promise<void> {
    await Promise.all(this.#batch(channels).map((batch) => subscriber.unsubscribe(batch)));
  }

  #batch(channels: readonly string[]): string[][] {
    const groups = new Map<unknown, string[]>();
    const batches: string[][] = [];
    for (const channel of channels) {
      const group = this.#groupOf(channel);
      let batch = groups.get(group);
      if (batch === undefined || batch.length === MOST_AT_ONCE) {
        batch = [];
        groups.set(group, batch);
        batches.push(batch);
      }
      batch.push(channel);
    }
    return batches;
  }

  /** Who has asked for one of these channels does without it; whoever else waits has what it wants. */
  #refuse(waiting: ReadonlyMap<string, Waiter[]>, refused: readonly string[], error: unknown): void {
    const lost = new Set(refused.filter((channel) => this.#wanted.delete(channel)));
    for (const [channel, waiters] of waiting) {
      for (const { resolve, reject } of waiters) {
        if (lost.has(channel)) reject(error);
        else resolve();
      }
    }
  }
}
