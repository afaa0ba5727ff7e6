/** The lanes of one watch by the keys of their actors' addresses, and what is counted of them. */

import type { ActorAddress } from '../feed/feed-protocol.ts';
import { toKey } from './attachment.ts';
import { Lane } from './lane.ts';

export class Lanes {
  /** The ids of connections that have a lane. */
  readonly connections = new Set<string>();
  readonly #lanes = new Map<string, Lane>();
  /** Of actors that are gone, which the page has not been told. */
  readonly #gone = new Set<Lane>();

  [Symbol.iterator](): Iterator<Lane> {
    return this.#lanes.values();
  }

  find(address: ActorAddress): Lane | undefined {
    return this.#lanes.get(toKey(address));
  }

  /** By the key of an address, for those who have it at hand. */
  get(key: string): Lane | undefined {
    return this.#lanes.get(key);
  }

  /** The lane of an actor that is there, perhaps again. */
  open(address: ActorAddress): Lane {
    const key = toKey(address);
    const lane = this.#lanes.get(key) ?? new Lane(address);
    this.#lanes.set(key, lane);
    this.#gone.delete(lane);
    if (address.kind === 'connection') this.connections.add(address.id);
    return lane;
  }

  /** Its actor is gone; returns how many are gone now. */
  leave(lane: Lane): number {
    this.#gone.add(lane);
    return this.#gone.size;
  }

  forget(lane: Lane): void {
    const { address } = lane;
    this.#gone.delete(lane);
    if (this.find(address) !== lane) return;
    this.#lanes.delete(toKey(address));
    if (address.kind === 'connection') this.connections.delete(address.id);
  }

  clear(): void {
    this.#lanes.clear();
    this.#gone.clear();
    this.connections.clear();
  }
}
