/** The watches of the page: one at a time is running, and the logs of the last ones are kept. */

import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { FeedClient } from '../feed/feed.ts';
import { WatchStore, type WatchStoreOptions } from './watch-store.ts';

/** Watches whose log is kept, so that going back shows the earlier entries. */
export const KEPT_WATCHES = 6;

export class Watches {
  readonly #client: FeedClient;
  readonly #onEnd: (actor: ActorAddress, how: 'ended' | 'failed', error: string | undefined) => void;
  readonly #frames: WatchStoreOptions['frames'];
  /** By the actors' keys, the last used one at the end. */
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

  /** The watch of an actor. The caller starts it, and stops it when it is no longer shown. */
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
