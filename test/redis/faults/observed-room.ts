/**
 * Holds what SDK clients saw of a room against what was acknowledged: each acknowledged publication is seen once and in
 * order, or the client was told that it has missed something.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { post, read } from '../../support/api-request.ts';
import type { Reachable } from '../../support/start-server.ts';
import { Observer, type ObserverOptions } from './observer.ts';

/** How long clients may need until they have everything again. */
const CATCH_UP_MS = 30_000;
const LOOK_MS = 50;

/** A publication that was acknowledged. */
interface Acknowledged {
  readonly data: string;
  readonly offset: number;
  readonly epoch: string;
}

export class ObservedRoom {
  readonly room: string;
  readonly acknowledged: Acknowledged[] = [];
  readonly observers: Observer[] = [];
  refused = 0;
  #published = 0;
  #isSpeaking = true;

  constructor(room: string) {
    this.room = room;
    onTestFinished(() => this.stop());
  }

  /** The clients that are there. */
  get present(): Observer[] {
    return this.observers.filter(({ isLost }) => !isLost);
  }

  /** Lets a client watch the room; resolves when it has subscribed. */
  async observe(options: Omit<ObserverOptions, 'room'>): Promise<Observer> {
    const observer = new Observer({ room: this.room, ...options });
    this.observers.push(observer);
    await observer.subscription.ready(30_000);
    return observer;
  }

  /**
   * Publishes by the API again and again, until `stop`. What is refused, or not answered, is published again under the same
   * idempotency key, by another server where there is one.
   */
  async speak(servers: () => readonly Pick<Reachable, 'request'>[], everyMs: number): Promise<void> {
    while (this.#isSpeaking) {
      const data = `${this.room} ${(this.#published += 1)}`;
      for (let attempt = this.#published; this.#isSpeaking; attempt += 1) {
        const all = servers();
        const server = all[attempt % all.length];
        if (server !== undefined && (await this.#publish(server, data))) break;
        this.refused += 1;
        await sleep(50);
      }
      if (everyMs > 0) await sleep(everyMs);
    }
  }

  stop(): void {
    this.#isSpeaking = false;
  }

  async #publish({ request }: Pick<Reachable, 'request'>, data: string): Promise<boolean> {
    try {
      const body = { channel: this.room, data, idempotency_key: data };
      const answer = await Promise.race([request('/api/publish', post(body)), sleep(15_000, undefined)]);
      if (answer?.status !== 200) return false;
      const { result } = read(answer) as { result?: { offset: number; epoch: string } };
      if (result === undefined) return false;
      this.acknowledged.push({ data, ...result });
      return true;
    } catch {
      return false;
    }
  }

  /**
   * To be called when nobody speaks any more: waits until all have what they can have, and compares. Returns what is wrong,
   * one sentence each.
   */
  async check(): Promise<string[]> {
    const top = this.acknowledged.at(-1);
    if (top === undefined) return [`nothing was acknowledged in ${this.room}`];
    const hasAll = ({ segments, latest }: Observer): boolean =>
      segments.at(-1)?.epoch === top.epoch && latest >= top.offset;
    for (let waited = 0; waited < CATCH_UP_MS && !this.present.every(hasAll); waited += LOOK_MS) {
      await sleep(LOOK_MS);
    }
    return [...this.#comparePlaces(), ...this.present.flatMap((one) => this.#compare(one, hasAll(one)))];
  }

  /** One publication has one place. */
  #comparePlaces(): string[] {
    const places = new Map<string, string>();
    return this.acknowledged.flatMap(({ data, offset, epoch }) => {
      const place = `${epoch}:${offset}`;
      const other = places.get(place) ?? data;
      places.set(place, data);
      return other === data ? [] : [`${data} and ${other} are both at ${place}`];
    });
  }

  /** Within a segment nothing acknowledged is missing, and what is there has its own place. */
  #compare({ name, faults, segments, latest }: Observer, hasAll: boolean): string[] {
    const found = faults.map((fault) => `${name}: ${fault}`);
    if (!hasAll) found.push(`${name} stands at ${latest}, and not at what was acknowledged last`);
    for (const { epoch, from, seen } of segments) {
      const last = seen.at(-1)?.offset ?? from;
      const byOffset = new Map(seen.map((one) => [one.offset, one.data]));
      for (const { data, offset, epoch: of } of this.acknowledged) {
        if (of !== epoch || offset <= from || offset > last || byOffset.get(offset) === data) continue;
        found.push(`${name} has ${byOffset.get(offset)} at ${epoch}:${offset} in place of ${data}`);
      }
      const texts = seen.map(({ data }) => data);
      if (new Set(texts).size < texts.length) found.push(`${name} saw something twice`);
    }
    return found;
  }
}
