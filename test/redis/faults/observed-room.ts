/**
 * Holds what SDK clients saw of a room against what was acknowledged: each acknowledged publication is seen once and in
 * order, or the client was told that it has missed something.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Subscription } from 'centrifuge';
import { onTestFinished } from 'vitest';
import { post, read } from './api-request.ts';
import { createSdkClient, type SdkClient } from './sdk-client.ts';
import type { Reachable } from './start-server.ts';

/** How long clients may need until they have everything again. */
const CATCH_UP_MS = 30_000;
const LOOK_MS = 50;

/** A publication that was acknowledged. */
interface Acknowledged {
  readonly data: string;
  readonly offset: number;
  readonly epoch: string;
}

/** What a client saw while it could count on having missed nothing. */
interface Segment {
  readonly epoch: string;
  /** Where the stream stood at its beginning. */
  readonly from: number;
  readonly seen: { readonly data: string; readonly offset: number }[];
}

export class Observer {
  readonly name: string;
  readonly url: string;
  readonly client: SdkClient;
  readonly subscription: Subscription;
  readonly segments: Segment[] = [];
  /** Faults that no order of events excuses. */
  readonly faults: string[] = [];

  constructor(name: string, url: string, room: string) {
    this.name = name;
    this.url = url;
    this.client = createSdkClient(url, { name, minReconnectDelay: 20, maxReconnectDelay: 500 });
    const subscription = this.client.centrifuge.newSubscription(room, {
      recoverable: true,
      positioned: true,
      minResubscribeDelay: 20,
      maxResubscribeDelay: 500,
    });
    this.subscription = subscription;
    subscription.on('subscribed', ({ recovered, streamPosition }) => {
      // Publications that were recovered come after this event.
      const now = this.segments.at(-1);
      if (recovered && now !== undefined) return;
      this.segments.push({
        epoch: streamPosition?.epoch ?? '',
        from: streamPosition?.offset ?? 0,
        seen: [],
      });
    });
    subscription.on('publication', ({ data, offset = 0 }) => this.#see(String(data), offset));
    subscription.on('unsubscribed', ({ code, reason }) => {
      if (code >= 100) this.faults.push(`it was unsubscribed: ${code} ${reason}`);
    });
    subscription.subscribe();
  }

  get latest(): number {
    const segment = this.segments.at(-1);
    return segment?.seen.at(-1)?.offset ?? segment?.from ?? 0;
  }

  #see(data: string, offset: number): void {
    const segment = this.segments.at(-1);
    if (segment === undefined) {
      this.faults.push(`${data} came before the subscription`);
      return;
    }
    const expected = (segment.seen.at(-1)?.offset ?? segment.from) + 1;
    if (offset !== expected) this.faults.push(`${data} has the offset ${offset} where ${expected} follows`);
    segment.seen.push({ data, offset });
  }
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

  /** Lets a client of this server watch the room; resolves when it has subscribed. */
  async observe(server: Pick<Reachable, 'url'>, name: string): Promise<Observer> {
    const observer = new Observer(name, server.url, this.room);
    this.observers.push(observer);
    await observer.subscription.ready(10_000);
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

  /** Counts some clients no more. */
  forget(isForgotten: (observer: Observer) => boolean): void {
    for (const observer of this.observers.filter(isForgotten)) {
      observer.client.centrifuge.disconnect();
      this.observers.splice(this.observers.indexOf(observer), 1);
    }
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
    for (let waited = 0; waited < CATCH_UP_MS && !this.observers.every(hasAll); waited += LOOK_MS) {
      await sleep(LOOK_MS);
    }
    return [...this.#comparePlaces(), ...this.observers.flatMap((one) => this.#compare(one, hasAll(one)))];
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
