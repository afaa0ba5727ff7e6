/** Who is subscribed to which topic. */

import { readText, type Text } from '../../protocol/text.ts';

interface Topic<Subscriber> {
  readonly subscribers: Set<Subscriber>;
}

/** What a text named when it was looked up; if nothing, then nothing is named so until another topic is made. */
interface Known<Subscriber> {
  readonly topic: Topic<Subscriber> | undefined;
  readonly made: number;
}

export class Topics<Subscriber> {
  /** A topic is here as long as it has a subscriber. */
  readonly #byName = new Map<string, Topic<Subscriber>>();
  /** The same by the encoded text that publications name it with, which is then not decoded again. */
  readonly #byText = new WeakMap<ArrayBuffer, Known<Subscriber>>();
  /** How many topics were made. */
  #made = 0;

  subscribe(name: string, subscriber: Subscriber): void {
    let topic = this.#byName.get(name);
    if (topic === undefined) {
      topic = { subscribers: new Set() };
      this.#made += 1;
      this.#byName.set(name, topic);
    }
    topic.subscribers.add(subscriber);
  }

  unsubscribe(name: string, subscriber: Subscriber): void {
    const topic = this.#byName.get(name);
    if (topic === undefined) return;
    topic.subscribers.delete(subscriber);
    if (topic.subscribers.size === 0) this.#byName.delete(name);
  }

  /** The subscribers of a topic; undefined when there are none. */
  of(text: Text): ReadonlySet<Subscriber> | undefined {
    if (typeof text === 'string') return this.#byName.get(text)?.subscribers;
    if (this.#byName.size === 0) return undefined;
    const known = this.#byText.get(text);
    // A topic without subscribers was given up: there may be another one with its name.
    if (known !== undefined) {
      if (known.topic !== undefined && known.topic.subscribers.size > 0) return known.topic.subscribers;
      if (known.made === this.#made) return undefined;
    }
    const topic = this.#byName.get(readText(text));
    this.#byText.set(text, { topic, made: this.#made });
    return topic?.subscribers;
  }
}
