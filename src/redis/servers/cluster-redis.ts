/** Redis over a Redis Cluster: a link to each master, and calls and channels that follow their slot when it moves. */

import { setTimeout as rest } from 'node:timers/promises';
import { RedisDownError, type Redis, type RedisReply, type RedisScript, type Restored } from '../redis.ts';
import type { RestoredListeners } from '../restored-listeners.ts';
import type { ServerLink } from '../server-link.ts';
import { slotOf, type ClusterNode, type SlotTable } from '../slots.ts';
import type { MessageListener } from '../subscriptions.ts';

/** How often a call follows its slot. */
const MOST_MOVES = 10;
/** How long a call rests while the keys of its slot are on their way, in milliseconds. */
const UNDER_WAY_MS = 20;

export interface ClusterRedisOptions {
  readonly restored: RestoredListeners;
  /** Makes a link to a master and starts it. */
  readonly startLink: (address: string, node: ClusterNode) => ServerLink;
  readonly endLink: (link: ServerLink) => void;
  /** Reads the table of slots now: it seems to be an old one. */
  readonly readTable: () => void;
  /** Ends all links. */
  readonly close: () => Promise<void>;
}

export class ClusterRedis implements Redis {
  readonly isSharded = true;
  readonly #options: ClusterRedisOptions;
  readonly #links = new Map<string, ServerLink>();
  /** The addresses of the owners by slot. */
  #owners: (string | undefined)[] = [];

  constructor(options: ClusterRedisOptions) {
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#links.size > 0 && [...this.#links.values()].every(({ isReady }) => isReady);
  }

  run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<RedisReply> {
    // A server that is asked out of turn may not know the script.
    const words = (): string[] => ['EVAL', script.text, String(keys.length), ...keys, ...args];
    return this.#follow(keys[0]!, (link) => link.run(script, keys, args), words);
  }

  command(key: string, words: readonly string[]): Promise<RedisReply> {
    return this.#follow(
      key,
      (link) => link.command(words),
      () => words,
    );
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.command(channel, ['SPUBLISH', channel, message]);
  }

  async subscribe(channel: string, listener: MessageListener): Promise<void> {
    await this.#follow(channel, (link) => link.subscribe(channel, listener));
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#linkOf(channel)?.unsubscribe(channel);
  }

  onRestored(listener: (restored: Restored) => void): () => void {
    return this.#options.restored.add(listener);
  }

  close(): Promise<void> {
    return this.#options.close();
  }

  /** A link can be used (again). */
  tellUsed(link: ServerLink): void {
    this.#options.restored.tell({ affects: (key) => this.#linkOf(key) === link });
  }

  /** The slots are so from now on. What has moved goes along. */
  take({ owners, masters }: SlotTable): void {
    for (const [address, node] of masters) {
      if (!this.#links.has(address)) this.#links.set(address, this.#options.startLink(address, node));
    }
    this.#owners = [...owners];
    this.#moveChannels();
    for (const [address, link] of this.#links) {
      if (masters.has(address)) continue;
      this.#links.delete(address);
      this.#options.endLink(link);
    }
  }

  #linkOf(key: string): ServerLink | undefined {
    return this.#links.get(this.#owners[slotOf(key)] ?? '');
  }

  /** Brings each channel to the server that has its slot, and tells when it is subscribed there. */
  #moveChannels(): void {
    for (const link of this.#links.values()) {
      const moving = link.subscriptions.release((channel) => this.#linkOf(channel) !== link);
      const byOwner = new Map<ServerLink, [string, MessageListener][]>();
      for (const entry of moving) {
        const owner = this.#linkOf(entry[0]);
        if (owner === undefined) continue;
        const entries = byOwner.get(owner);
        if (entries === undefined) byOwner.set(owner, [entry]);
        else entries.push(entry);
      }
      for (const [owner, entries] of byOwner) void this.#adopt(owner, entries);
      if (moving.length === 0) void link.subscriptions.renew();
    }
  }

  async #adopt(link: ServerLink, channels: readonly (readonly [string, MessageListener])[]): Promise<void> {
    await link.subscriptions.adopt(channels);
    // A link that is not ready yet tells it by itself.
    if (!link.isReady) return;
    const slots = new Set(channels.map(([channel]) => slotOf(channel)));
    this.#options.restored.tell({ affects: (key) => slots.has(slotOf(key)) });
  }

  /**
   * Does a call where the slot of a key is, also when it moves meanwhile.
   * @param asking The words for a server that is about to get the slot; undefined where there are none.
   */
  async #follow<Result>(
    key: string,
    call: (link: ServerLink) => Promise<Result>,
    asking?: () => readonly string[],
  ): Promise<Result> {
    let failure: unknown;
    for (let moves = 0; moves < MOST_MOVES; moves += 1) {
      const link = this.#linkOf(key);
      if (link === undefined) break;
      try {
        return await call(link);
      } catch (error) {
        failure = error;
      }
      const [word, , address = ''] = failure instanceof Error ? failure.message.split(' ') : [];
      if (word === 'MOVED') {
        this.#options.readTable();
        if (this.#links.has(address)) this.#owners[slotOf(key)] = address;
        else await rest(UNDER_WAY_MS);
      } else if (word === 'ASK' && asking !== undefined) {
        try {
          const next = this.#links.get(address);
          if (next !== undefined) return (await next.commandAsking(asking())) as Result;
        } catch (error) {
          if (!(error instanceof Error && error.message.startsWith('TRYAGAIN'))) throw error;
        }
        await rest(UNDER_WAY_MS);
      } else if (word === 'TRYAGAIN') await rest(UNDER_WAY_MS);
      else throw failure;
    }
    throw new RedisDownError('no server of the cluster takes the call', { cause: failure });
  }
}
