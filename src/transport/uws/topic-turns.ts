/** Counts subscribers and publications of each topic that was published to in this turn of the event loop. */

import type { Text } from '../../protocol/text.ts';

export interface TopicTurn<Speaker> {
  /** An upper limit for the number of subscribers: some may have unsubscribed since they were counted. */
  subscribers: number;
  /** How often the topic was published to. The caller counts. */
  publications: number;
  /** Who has published last. The caller sets it. */
  speaker: Speaker | undefined;
  /** The number of subscriptions, of all topics, when the subscribers were counted. */
  countedAt: number;
}

export class TopicTurns<Speaker> {
  readonly #countSubscribers: (topic: Text) => number;
  /**
   * A new one for each turn. A map that is cleared gets a new table, which V8 links to the old one: tables that are garbage
   * in the old generation would keep all later ones, and half of what a turn has made, until the next full collection.
   */
  #turns = new Map<Text, TopicTurn<Speaker>>();
  /** Many publications in a row have the same topic, so the last one is kept. */
  #latestTopic: Text | undefined;
  #latest: TopicTurn<Speaker> = { subscribers: 0, publications: 0, speaker: undefined, countedAt: 0 };
  #subscriptions = 0;

  constructor(countSubscribers: (topic: Text) => number) {
    this.#countSubscribers = countSubscribers;
  }

  of(topic: Text): TopicTurn<Speaker> {
    if (topic !== this.#latestTopic) {
      this.#latest = this.#find(topic);
      this.#latestTopic = topic;
    }
    return this.#latest;
  }

  /** A socket has subscribed to a topic. */
  subscribed(): void {
    this.#subscriptions += 1;
    this.#latestTopic = undefined;
  }

  #find(topic: Text): TopicTurn<Speaker> {
    let turn = this.#turns.get(topic);
    if (turn === undefined) {
      if (this.#turns.size === 0) setImmediate(() => this.#end());
      turn = {
        subscribers: this.#countSubscribers(topic),
        publications: 0,
        speaker: undefined,
        countedAt: this.#subscriptions,
      };
      this.#turns.set(topic, turn);
    } else if (turn.countedAt !== this.#subscriptions) {
      turn.subscribers = this.#countSubscribers(topic);
      turn.countedAt = this.#subscriptions;
    }
    return turn;
  }

  #end(): void {
    this.#turns = new Map();
    this.#latestTopic = undefined;
  }
}
