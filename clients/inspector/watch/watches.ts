/** The watches of the page: one at a time is live, and those left a while ago are remembered. */

import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { FeedClient } from '../feed/feed.ts';
import { WatchStore, type WatchStoreOptions } from './watch-store.ts';

/** Watches whose log is kept, so that going back shows what was seen before. */
export const KEPT_WATCHES = 6;

export class Watches {
  readonly #client: FeedClient;
  readonly #onEnd: (actor: ActorAddress, how: 'ended' | 'failed', error: string | undefined) => void;
  readonly #frames: WatchStoreOptions['frames'];
  /** By the actors' keys; the last used one is the last. */
  readonly #stores = new Map<string, WatchStore>();

  constructor(
    client: FeedClient,
    onEnd: (actor: ActorAddress, how: 'ended' | 'failed', error: string | undefined) => void,
    frames?: WatchStoreOptions['frames'],
  ) {
    this.#client = client;
    this.#onEnd = onEnd;
    this.#frames = frames;
  }

  /** The watch of an actor; whoever shows it starts it, and stops it when it is shown no more. */
  of(actor: ActorAddress): WatchStore {
    const key = keyOf(actor);
    const store = this.#stores.get(key) ?? this.#create(actor);
    this.#stores.delete(key);
    this.#stores.set(key, store);
    const [oldest] = this.#stores.keys();
    if (this.#stores.size > KEPT_WATCHES && oldest !== undefined) this.#stores.delete(oldest);
    return store;
  }

  #create(actor: ActorAddress): WatchStore {
    return new WatchStore({
      client: this.#client,
      actor,
      onEnd: (how, error) => this.#onEnd(actor, how, error),
      ...(this.#frames !== undefined && { frames: this.#frames }),
    });
  }
}
