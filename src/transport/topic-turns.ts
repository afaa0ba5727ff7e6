/** What is known of each topic that was published to in this turn of the event loop. It knows no sockets. */

import type { Text } from '../protocol/text.ts';

export interface TopicTurn {
  /** How many subscribe to the topic, at the most. */
  subscribers: number;
  /** How often it was published to, for whoever counts that. */
  publications: number;
  /** How many subscriptions there had been when the subscribers were counted. */
  countedAt: number;
}

export class TopicTurns {
  readonly #countSubscribers: (topic: Text) => number;
  readonly #turns = new Map<Text, TopicTurn>();
  /** Publications come in a row: what was looked up last is not looked up again. */
  #latestTopic: Text | undefined;
  #latest: TopicTurn = { subscribers: 0, publications: 0, countedAt: 0 };
  #subscriptions = 0;

  constructor(countSubscribers: (topic: Text) => number) {
    this.#countSubscribers = countSubscribers;
  }

  of(topic: Text): TopicTurn {
    if (topic !== this.#latestTopic) {
      this.#latest = this.#find(topic);
      this.#latestTopic = topic;
    }
    return this.#latest;
  }

  /** Somebody has subscribed to some topic. */
  subscribed(): void {
    this.#subscriptions += 1;
    this.#latestTopic = undefined;
  }

  #find(topic: Text): TopicTurn {
    let turn = this.#turns.get(topic);
    if (turn === undefined) {
      if (this.#turns.size === 0) setImmediate(() => this.#end());
      turn = { subscribers: this.#countSubscribers(topic), publications: 0, countedAt: this.#subscriptions };
      this.#turns.set(topic, turn);
    } else if (turn.countedAt !== this.#subscriptions) {
      turn.subscribers = this.#countSubscribers(topic);
      turn.countedAt = this.#subscriptions;
    }
    return turn;
  }

  #end(): void {
    this.#turns.clear();
    this.#latestTopic = undefined;
  }
}
