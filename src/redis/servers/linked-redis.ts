/** Redis over links to one or several servers, over which the keys are spread. */

import { tagOf } from '../keys.ts';
import type { Redis, RedisReply, RedisScript, Restored } from '../redis.ts';
import type { RestoredListeners } from '../restored-listeners.ts';
import type { ServerLink } from '../server-link.ts';
import { createSpread } from './spread.ts';
import type { MessageListener } from '../subscriptions.ts';

export class LinkedRedis implements Redis {
  readonly isSharded = false;
  readonly #links: readonly ServerLink[];
  readonly #restored: RestoredListeners;
  readonly #spread: (tag: string) => number;
  readonly #close: () => Promise<void>;

  /** @param close Ends the links. */
  constructor(links: readonly ServerLink[], restored: RestoredListeners, close: () => Promise<void>) {
    this.#links = links;
    this.#restored = restored;
    this.#spread = createSpread(links.map(({ address }) => address));
    this.#close = close;
  }

  get isReady(): boolean {
    return this.#links.every(({ isReady }) => isReady);
  }

  run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<RedisReply> {
    return this.#linkOf(keys[0]!).run(script, keys, args);
  }

  command(key: string, words: readonly string[]): Promise<RedisReply> {
    return this.#linkOf(key).command(words);
  }

  publish(channel: string, message: string): Promise<void> {
    return this.#linkOf(channel).publish(channel, message);
  }

  subscribe(channel: string, listener: MessageListener): Promise<void> {
    return this.#linkOf(channel).subscribe(channel, listener);
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#linkOf(channel).unsubscribe(channel);
  }

  onRestored(listener: (restored: Restored) => void): () => void {
    return this.#restored.add(listener);
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** A link can be used (again). */
  tellUsed(link: ServerLink, isEmptied: boolean): void {
    this.#restored.tell({ affects: (key) => this.#linkOf(key) === link, isEmptied });
  }

  #linkOf(key: string): ServerLink {
    return this.#links[this.#links.length === 1 ? 0 : this.#spread(tagOf(key))]!;
  }
}
